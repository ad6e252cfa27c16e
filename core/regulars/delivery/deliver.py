"""Delivery: claim planned messages, have them sent, write down what came of each.

One transaction settles what is answered and claims what comes next, so a batch costs one
commit. Only this thread touches the store and renders; worker threads call the channels.

A message that failed for now is tried again in up to two more rounds at the end of the same
run. If it still fails it is decided: ``failed``, reason ``temporary``, so that the run counts it;
the next runs take it up again for two days (``recover``). Where a whole channel is away (many such
failures in a row, no success) the rest of its messages are not even tried, but stay planned.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.customers.suppressions import suppress
from regulars.errors import RegularsError
from regulars.instants import micros
from regulars.playbook.secrets import redact
from regulars.policy import LastLook
from regulars.progress import Silent
from regulars.store import tables

from .channels import channels_of, may_repeat
from .composing import Composer, Material, gather
from .ledger import Ledger
from .outcomes import ACCEPTED, skipped
from .owners import me
from .rounds import Rounds
from .workers import Answer, Gate, Workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.hooks import Outgoing, RunInfo
    from regulars.progress import Progress
    from regulars.segments.scope import Scope
    from regulars.store import Store

    from .ledger import Claim

logger = logging.getLogger(__name__)

SAMPLES = 3  # different messages that a plan shows
PAUSES = (1.0, 4.0)  # seconds before each further round
_PATIENCE = 1.0  # seconds until answers are written down though others are outstanding
_LAST_PATIENCE = 40.0  # seconds that a send in progress is given when the run breaks off
_LOST = "what was sent last can't be written down; the next run counts it as unknown"


@dataclass(frozen=True)
class Sample:
    """A message as ``channel`` would have been given it."""

    channel: str
    message: Outgoing


@dataclass(frozen=True)
class Delivered:
    """Channels that were away, each with its last failure; their messages are still planned.

    ``samples`` are the first few different messages that a rehearsal would have sent.
    """

    away: Mapping[str, str]
    samples: tuple[Sample, ...] = ()


def deliver(  # noqa: PLR0913 (the last four have defaults)
    store: Store,
    scope: Scope,
    run: RunInfo,
    run_id: int,
    *,
    rehearse: bool = False,
    in_flight: int = 50,
    progress: Progress | None = None,
    pauses: Sequence[float] = PAUSES,
) -> Delivered:
    """Send every planned message of the store.

    At most ``in_flight`` messages are claimed at a time: so many can become unknown when the
    process dies. With ``rehearse`` no channel is opened and every message counts as accepted.
    """
    ledger = Ledger(me(), run_id, micros(scope.now))
    loop = _Loop(store, scope, run, ledger, in_flight, progress or Silent(), rehearse)
    try:
        loop.go(pauses)
    except BaseException:
        loop.break_off()
        raise
    finally:
        loop.workers.stop(_LAST_PATIENCE)
    return Delivered(loop.rounds.away, tuple(loop.samples.values()))


def recover(store: Store, scope: Scope, run_id: int) -> int:
    """Take back what dead processes left claimed; returns how many messages that were.

    They become unknown, decided by ``run_id``, or planned again where a second attempt is
    allowed. What failed for now in the last two days is planned again as well. Doing this before
    the journeys and the policy lets both look at those again.
    """
    ledger = Ledger(me(), run_id, micros(scope.now))
    with store.transaction() as connection:
        ledger.take_up(connection)
        return ledger.recover(connection, lambda *where: may_repeat(scope, *where))


@dataclass
class _Loop:
    store: Store
    scope: Scope
    run: RunInfo
    ledger: Ledger
    in_flight: int
    progress: Progress
    rehearse: bool
    answers: list[Answer] = field(default_factory=list)  # not yet written down
    handed: set[int] = field(default_factory=set)  # claims that a channel may have, by number
    material: Material = field(default_factory=Material)
    last_look: LastLook | None = None
    samples: dict[str, Sample] = field(default_factory=dict)  # of a rehearsal, by message

    def __post_init__(self) -> None:
        self.rounds = Rounds(lambda *where: may_repeat(self.scope, *where))
        self.composer = Composer(self.scope, self.run, make_key=not self.rehearse)
        self.gate = Gate()
        channels = [] if self.rehearse else channels_of(self.scope, self.run)
        self.workers = Workers(channels, self.gate)

    def go(self, pauses: Sequence[float]) -> None:
        """One round, and another after each pause while there is something to try again."""
        self.progress.start("sending", self._waiting())
        for pause in (*pauses, None):
            self.rounds.begin(last=pause is None)
            self._round()
            if pause is None or not self.rounds.again:
                return
            time.sleep(pause)

    def break_off(self) -> None:
        """Begin nothing more, and write down what is known of the messages in hand."""
        self.gate.closed = True
        self.workers.withdraw()
        try:
            self._collect(_LAST_PATIENCE)
        finally:  # whoever interrupts the waiting too still gets a ledger that is right
            self._let_go()

    def _let_go(self) -> None:
        """Settle what is answered and plan the rest again, but for what a channel may have."""
        try:
            with self.store.transaction() as connection:
                self._settle(connection)
                self.ledger.release(connection, self.handed)
        except RegularsError as error:  # most likely the very error that the run broke off with
            logger.debug("the end of the run can't be written down", exc_info=error)
            if self.handed:
                logger.warning(_LOST)
        except Exception:
            logger.exception(_LOST)

    def _waiting(self) -> int:
        ledger = tables.deliveries
        waiting = select(func.count()).where(ledger.c.state == "planned")
        with self.store.transaction() as connection:
            return connection.scalar(waiting) or 0

    def _round(self) -> None:
        cursor = 0
        while True:
            claims, refusals = self._commit(cursor)
            if not claims and not self.workers.outstanding:
                return
            cursor = claims[-1].id if claims else cursor
            for claim in claims:
                self._begin(claim, refusals.get(claim.id))
            self._collect(_PATIENCE)

    def _commit(self, cursor: int) -> tuple[list[Claim], dict[int, str]]:
        """The one transaction of a batch: the claims, and why some of them must not go."""
        ledger, began = self.ledger, time.time()
        with self.store.transaction() as connection:
            late = self._settle(connection)
            if self.workers.outstanding:
                ledger.renew(connection)
            free = self.in_flight - self.workers.outstanding
            claims = ledger.claim(connection, free, cursor, self.rounds.away) if free else []
            refusals = self._look_again(connection, claims)
        self.gate.renewed(began)
        settled, self.answers = self.answers, []
        self.handed.difference_update(answer.claim.id for answer in settled)
        self._announce([answer for answer in settled if answer.claim not in late])
        return claims, refusals

    def _look_again(self, connection: Connection, claims: Sequence[Claim]) -> dict[int, str]:
        """Consent as it is now; what the messages are made of is read some batches ahead."""
        if not claims:
            return {}
        if not self.material.covers(claims):
            self.material = gather(connection, self.scope, claims)
        if self.last_look is None:
            self.last_look = LastLook(connection, self.scope)
        return self.last_look.refusals(connection, [claim.id for claim in claims])

    def _settle(self, connection: Connection) -> list[Claim]:
        pairs = [(answer.claim, answer.outcome) for answer in self.answers]
        late = self.ledger.settle(connection, pairs)
        dead = [c.address for c, o in pairs if o.reason == "address" and c.address]
        if dead:
            suppress(connection, dict.fromkeys(dead, "bounce"), micros(self.scope.now))
        for claim in late:
            logger.warning(
                "message %s of customer %s: the answer came when the claim had been taken away",
                claim.message,
                claim.customer,
            )
        return late

    def _begin(self, claim: Claim, refusal: str | None) -> None:
        if refusal is not None:
            self.answers.append(Answer(claim, skipped(refusal)))
            return
        composed = self.composer.compose(claim, self.material)
        if isinstance(composed, Answer):
            self.answers.append(self._redacted(composed))
        elif self.rehearse:
            if len(self.samples) < SAMPLES:
                self.samples.setdefault(claim.message, Sample(claim.channel or "", composed))
            self.answers.append(Answer(claim, ACCEPTED, composed))
        else:
            self.handed.add(claim.id)
            self.workers.give(claim, composed)

    def _collect(self, patience: float) -> None:
        for answer in self.workers.collect(patience):
            self.answers.append(self.rounds.judge(self._redacted(answer)))

    def _redacted(self, answer: Answer) -> Answer:
        """``answer`` without the secrets that a provider or a plugin may repeat."""
        said = answer.outcome.detail
        if said is None:
            return answer
        detail = redact(said, self.scope.playbook.secrets)
        return replace(answer, outcome=replace(answer.outcome, detail=detail))

    def _announce(self, settled: Sequence[Answer]) -> None:
        """Tell the person who looks on, and plugins that watch."""
        decided = [answer for answer in settled if answer.outcome.state != "planned"]
        self.progress.advance(len(decided))
        if self.rehearse:
            return
        plugins = self.scope.plugins
        for answer in decided:
            outcome, message = answer.outcome, answer.message
            if answer.receipt is not None and message is not None:
                plugins.sent(message, answer.receipt, self.run)
            elif message is not None:
                plugins.refused(message, outcome.detail or outcome.reason or "", self.run)
