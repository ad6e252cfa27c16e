"""Rounds: what is tried again in this run, what is decided now, and which channels are away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .workers import Answer

AWAY_AFTER = 20  # temporary failures of a channel in a row


@dataclass
class Rounds:
    """Judges answers; ``may_repeat(message, channel)`` allows another try of the unknown."""

    may_repeat: Callable[[str, str | None], bool]
    away: dict[str, str] = field(default_factory=dict)
    again: int = 0
    last: bool = False
    _in_a_row: Counter[str] = field(default_factory=Counter)

    def begin(self, *, last: bool) -> None:
        """A round begins; what fails for now in the ``last`` one is decided."""
        self.last, self.again = last, 0

    def judge(self, answer: Answer) -> Answer:
        """``answer`` as the ledger shall have it: planned again where another try is due."""
        claim, outcome = answer.claim, answer.outcome
        channel = claim.channel or ""
        self._watch(channel, outcome.reason == "temporary", outcome.detail or "")
        again = outcome.again or (
            outcome.state == "unknown" and self.may_repeat(claim.message, claim.channel)
        )
        if not again or (self.last and outcome.state != "planned" and channel not in self.away):
            return answer
        self.again += channel not in self.away
        return replace(answer, outcome=replace(outcome, state="planned", reason=None))

    def _watch(self, channel: str, failed: bool, detail: str) -> None:  # noqa: FBT001
        self._in_a_row[channel] = self._in_a_row[channel] + 1 if failed else 0
        if self._in_a_row[channel] >= AWAY_AFTER:
            self.away[channel] = detail
