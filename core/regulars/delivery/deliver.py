"""Delivery: claim planned messages, have them sent, write down what came of each.

One transaction settles what is answered and claims what comes next, so a batch costs one
commit. Only this thread touches the store and renders; worker threads call the channels.

A message that failed for now is tried again in up to two more rounds at the end of the same
run. If it still fails it is decided: ``failed``, reason ``temporary``, so that the run counts it;
the next runs take it up again for two days (``recover``). Where a whole channel is away (many such
failures in a row, no success) the rest of its messages are not even tried, but stay planned.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from regulars.instants import micros
from regulars.progress import Silent

from . import IN_FLIGHT
from .announcing import Audience
from .channels import channels_of, may_repeat
from .composing import Composer
from .in_hand import InHand
from .ledger import Ledger
from .outcomes import skipped
from .owners import me
from .rehearsing import Rehearsal, Sample
from .rounds import Rounds
from .workers import Answer, Gate, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from regulars.hooks import RunInfo
    from regulars.progress import Progress
    from regulars.segments.scope import Scope
    from regulars.store import Store

    from .go_ahead import Guest
    from .ledger import Claim

PAUSES = (1.0, 4.0)  # seconds before each further round
_PATIENCE = 1.0  # seconds until answers are written down though others are outstanding
_LAST_PATIENCE = 40.0  # seconds that a send in progress is given when the run breaks off


@dataclass(frozen=True)
class Delivered:
    """Channels that were away, each with its last failure; their messages are still planned.

    ``samples`` are the first few different messages that a rehearsal would have sent, ``counts``
    says how many messages were decided here, by state.
    """

    away: Mapping[str, str] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    counts: Mapping[str, int] = field(default_factory=Counter)


def deliver(  # noqa: PLR0913 (the last five have defaults)
    store: Store,
    scope: Scope,
    run: RunInfo,
    run_id: int,
    *,
    rehearse: bool = False,
    in_flight: int = IN_FLIGHT,
    progress: Progress | None = None,
    pauses: Sequence[float] = PAUSES,
    guest: Guest | None = None,
) -> Delivered:
    """Send every planned message of the store.

    At most ``in_flight`` messages are claimed at a time: so many can become unknown when the
    process dies. With ``rehearse`` no channel is opened and every message counts as accepted. A
    ``guest`` sends only what the run has let go.
    """
    rehearsal = Rehearsal() if rehearse else None
    word, begins = (guest.word, guest.begins) if guest else (None, 0.0)
    loop = _Loop(
        InHand(store, scope, Ledger(me(), run_id, micros(scope.now), word)),
        in_flight,
        Composer(scope, run, make_key=not rehearse),
        rehearsal or Workers(channels_of(scope, run), Gate()),
        Rounds(lambda *where: may_repeat(scope, *where)),
        Audience(run, progress or Silent(), None if rehearse else scope.plugins),
        guest.stopped if guest else lambda: False,
        guest.until if guest else inf,
    )
    try:
        loop.go(pauses, begins)
    except BaseException:
        loop.break_off()
        raise
    finally:
        loop.workers.stop(_LAST_PATIENCE)
    samples = tuple(rehearsal.samples.values()) if rehearsal else ()
    return Delivered(loop.rounds.away, samples, loop.audience.counts)


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


def take_back(store: Store, scope: Scope, run_id: int) -> int:
    """Take back what dead processes left claimed, and nothing else; see ``recover``."""
    ledger = Ledger(me(), run_id, micros(scope.now))
    with store.transaction() as connection:
        return ledger.recover(connection, lambda *where: may_repeat(scope, *where))


@dataclass(frozen=True)
class _Loop:
    hand: InHand
    in_flight: int
    composer: Composer
    workers: Workers | Rehearsal
    rounds: Rounds
    audience: Audience
    stopped: Callable[[], bool]
    until: float

    def go(self, pauses: Sequence[float], begins: float) -> None:
        """One round, and another after each pause while there is something to try again."""
        waiting, first = self.hand.waiting(begins)
        self.audience.progress.start("sending", waiting)
        for pause in (*pauses, None):
            self.rounds.begin(last=pause is None)
            if first:
                self._pass(first)
            self._pass(0)
            if pause is None or not self.rounds.again:
                return
            time.sleep(pause)

    def break_off(self) -> None:
        """Begin nothing more, and write down what is known of the messages in hand."""
        self.workers.withdraw()
        try:
            self._collect(_LAST_PATIENCE)
        finally:  # whoever interrupts the waiting too still gets a ledger that is right
            self.hand.let_go(self.workers.handed)

    def _pass(self, cursor: int) -> None:
        """Send what is planned with numbers above ``cursor``, to the end."""
        while True:
            if self.stopped():
                raise KeyboardInterrupt
            claims, refusals = self._commit(cursor)
            if not claims and not self.workers.outstanding:
                return
            cursor = claims[-1].id if claims else cursor
            self.hand.provide(claims)
            for claim in claims:
                self._begin(claim, refusals.get(claim.id))
            self._collect(_PATIENCE)

    def _commit(self, cursor: int) -> tuple[list[Claim], dict[int, str]]:
        """The one transaction of a batch: the claims, and why some of them must not go."""
        hand, outstanding, began = self.hand, self.workers.outstanding, time.time()
        with hand.store.transaction() as connection:
            late = hand.settle(connection)
            lost = hand.ledger.renew(connection, self.workers.unanswered(hand.answers))
            room = self.in_flight - outstanding if began < self.until else 0
            claims, refusals = hand.claim(connection, room, cursor, self.rounds.away)
        written = hand.forget()
        self.workers.written(written, lost, began)
        self.audience.tell([answer for answer in written if answer.claim not in late])
        return claims, refusals

    def _begin(self, claim: Claim, refusal: str | None) -> None:
        if refusal is not None:
            self.hand.answers.append(Answer(claim, skipped(refusal)))
            return
        composed = self.composer.compose(claim, self.hand.material)
        if isinstance(composed, Answer):
            self.hand.answers.append(composed.redacted(self._secrets))
        else:
            self.workers.give(claim, composed)

    def _collect(self, patience: float) -> None:
        for answer in self.workers.collect(patience):
            self.hand.answers.append(self.rounds.judge(answer.redacted(self._secrets)))

    @property
    def _secrets(self) -> Collection[str]:
        return self.hand.scope.playbook.secrets
