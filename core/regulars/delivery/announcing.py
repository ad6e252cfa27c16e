"""Announcing: who is told what became of messages, once it is written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.hooks import Plugins, RunInfo
    from regulars.progress import Progress

    from .workers import Answer


@dataclass(frozen=True)
class Audience:
    """The person who looks on, and ``plugins`` that watch; those of a rehearsal are None.

    ``counts`` says how many were told of, by state.
    """

    run: RunInfo
    progress: Progress
    plugins: Plugins | None
    counts: Counter[str] = field(default_factory=Counter)

    def tell(self, settled: Sequence[Answer]) -> None:
        """Tell what was decided; a message that is planned again is not."""
        decided = [answer for answer in settled if answer.outcome.state != "planned"]
        self.counts.update(answer.outcome.state for answer in decided)
        self.progress.advance(len(decided))
        if self.plugins is None:
            return
        for answer in decided:
            outcome, message = answer.outcome, answer.message
            if answer.receipt is not None and message is not None:
                self.plugins.sent(message, answer.receipt, self.run)
            elif message is not None:
                self.plugins.refused(message, outcome.detail or outcome.reason or "", self.run)
