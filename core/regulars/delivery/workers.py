"""Workers: threads that hand messages to channels. They never touch the store."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack, suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from regulars.hooks import Receipt
from regulars.hooks.attribution import reason as reason_of
from regulars.playbook.secrets import redact

from .ledger import LEASE
from .outcomes import RELEASED, Outcome, accepted, failure, not_open

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from regulars.hooks import Outgoing, Sender

    from .ledger import Claim

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What came of one claim, with the message if it got that far and the receipt if any."""

    claim: Claim
    outcome: Outcome
    message: Outgoing | None = None
    receipt: Receipt | None = None

    def redacted(self, secrets: Collection[str]) -> Answer:
        """The answer without the ``secrets`` that a provider or a plugin may repeat."""
        said = self.outcome.detail
        if said is None:
            return self
        return replace(self, outcome=replace(self.outcome, detail=redact(said, secrets)))


@dataclass
class Gate:
    """Whether a send may still begin: not once the claims' lease has ended or the run is ending.

    The wall clock counts, because a machine that was asleep has lost its claims meanwhile.
    """

    until: float = 0.0
    closed: bool = False

    def renewed(self, at: float) -> None:
        """All leases run from ``at``, in seconds by the wall clock."""
        self.until = at + LEASE.total_seconds() * 0.9

    @property
    def open(self) -> bool:
        """Whether a send may begin now."""
        return not self.closed and time.time() < self.until


@dataclass
class Channel:
    """One channel of the playbook; ``blame`` names its plugin when it fails in its own way."""

    name: str
    open: Callable[[], AbstractContextManager[Sender]]
    threads: int
    blame: str
    jobs: SimpleQueue[tuple[Claim, Outgoing] | None] = field(default_factory=SimpleQueue)
    started: list[threading.Thread] = field(default_factory=list)


class Workers:
    """Threads for each channel, started as they are needed.

    ``handed`` are the claims, by number, that a channel may have had and the ledger knows nothing
    of; of ``outstanding`` ones the answer was not even collected. What is not handed any more is
    not begun.
    """

    def __init__(self, channels: Sequence[Channel], gate: Gate) -> None:
        self.channels = {channel.name: channel for channel in channels}
        self.gate = gate
        self.handed: dict[int, Claim] = {}
        self.outstanding = 0
        self._answers: SimpleQueue[Answer] = SimpleQueue()

    def give(self, claim: Claim, message: Outgoing) -> None:
        """Have ``message`` sent; its answer comes with ``collect``."""
        self.handed[claim.id] = claim
        target = self.channels[claim.channel or ""]
        target.jobs.put((claim, message))
        self.outstanding += 1
        if len(target.started) < target.threads:
            name = f"{target.name}-{len(target.started) + 1}"
            apart = copy_context().run  # so that what it logs is known to be this run's
            thread = threading.Thread(target=apart, args=(self._work, target), name=name)
            thread.daemon = True
            target.started.append(thread)
            thread.start()

    def unanswered(self, answers: Iterable[Answer]) -> list[Claim]:
        """The claims that were handed on, but for those of ``answers``."""
        answered = {answer.claim.id for answer in answers}
        return [claim for claim in self.handed.values() if claim.id not in answered]

    def written(self, answers: Sequence[Answer], lost: Sequence[Claim], at: float) -> None:
        """``answers`` are in the ledger, and all leases run from ``at``, but for ``lost`` claims.

        Those may be somebody else's by now, so none of them begins any more.
        """
        for claim in (*lost, *(answer.claim for answer in answers)):
            if self.handed.get(claim.id) is claim:
                del self.handed[claim.id]
        self.gate.renewed(at)  # last: whoever finds the gate open finds the lost ones gone

    def withdraw(self) -> None:
        """Begin nothing more; take back what no thread has begun: it is answered as released."""
        self.gate.closed = True
        for channel in self.channels.values():
            with suppress(Empty):
                while (job := channel.jobs.get_nowait()) is not None:
                    self._answers.put(Answer(job[0], RELEASED, job[1]))

    def collect(self, patience: float) -> Iterator[Answer]:
        """Each answer that is outstanding as it comes, until ``patience`` seconds are over."""
        end = time.monotonic() + patience
        while self.outstanding:
            try:
                answer = self._answers.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                return
            self.outstanding -= 1
            yield answer

    def stop(self, patience: float) -> None:
        """End the threads once their channels are closed, or leave them after ``patience``."""
        for channel in self.channels.values():
            for _ in channel.started:
                channel.jobs.put(None)
        end = time.monotonic() + patience
        for channel in self.channels.values():
            for thread in channel.started:
                thread.join(max(0.0, end - time.monotonic()))

    def _work(self, channel: Channel) -> None:
        stack = ExitStack()
        sender: Sender | None = None
        while (job := channel.jobs.get()) is not None:
            claim, message = job
            if not (self.gate.open and self.handed.get(claim.id) is claim):
                self._answers.put(Answer(claim, RELEASED, message))
                continue
            if sender is None:
                try:
                    sender = stack.enter_context(channel.open())
                except BaseException as error:  # noqa: BLE001 (a plugin may raise anything)
                    self._answers.put(Answer(claim, not_open(error, channel.blame), message))
                    continue
            self._answers.put(attempt(sender, claim, message, channel.blame))
        try:
            stack.close()
        except BaseException as error:
            trace = error if logger.isEnabledFor(logging.DEBUG) else None
            said = "%s failed while it was closed: %s"
            logger.warning(said, channel.blame, reason_of(error), exc_info=trace)


def attempt(sender: Sender, claim: Claim, message: Outgoing, blame: str) -> Answer:
    """Call the channel once."""
    try:
        receipt: Any = sender.send(message)
    except BaseException as error:  # noqa: BLE001 (a plugin may raise anything)
        return Answer(claim, failure(error, blame), message)
    if not isinstance(receipt, Receipt):
        said = f"{blame}: send() returned {receipt!r:.200} and no Receipt"
        return Answer(claim, Outcome("unknown", "plugin", said), message)
    return Answer(claim, accepted(receipt), message, receipt)
