"""Rehearsing: a plan's workers, which open no channel and take every message for accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .outcomes import ACCEPTED
from .workers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regulars.hooks import Outgoing

    from .ledger import Claim

SAMPLES = 3  # different messages that a plan shows


@dataclass(frozen=True)
class Sample:
    """A message as ``channel`` would have been given it."""

    channel: str
    message: Outgoing


class Rehearsal:
    """Stands where ``Workers`` would; ``samples`` are the first few different messages, by name."""

    handed: frozenset[int] = frozenset()

    def __init__(self) -> None:
        self.samples: dict[str, Sample] = {}
        self._answers: list[Answer] = []

    @property
    def outstanding(self) -> int:
        """How many answers wait to be collected."""
        return len(self._answers)

    def give(self, claim: Claim, message: Outgoing) -> None:
        """Have ``message`` accepted; its answer comes with ``collect``."""
        if len(self.samples) < SAMPLES:
            self.samples.setdefault(claim.message, Sample(claim.channel or "", message))
        self._answers.append(Answer(claim, ACCEPTED, message))

    def collect(self, _patience: float) -> Iterator[Answer]:
        """Every answer, at once."""
        answers, self._answers = self._answers, []
        yield from answers

    def unanswered(self, _answers: Iterable[Answer]) -> list[Claim]:
        """None: no message waits in a thread for its turn."""
        return []

    def written(self, answers: Sequence[Answer], lost: Sequence[Claim], at: float) -> None:
        """Nothing: no message waits in a thread for its turn."""

    def withdraw(self) -> None:
        """Nothing, likewise."""

    def stop(self, patience: float) -> None:
        """Nothing, likewise."""
