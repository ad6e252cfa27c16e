"""Where and when a journey is worked on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.instants import micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

    from regulars.playbook.journeys import Journey
    from regulars.segments.scope import Scope

    from .memory import Memory
    from .program import Instruction


@dataclass(frozen=True)
class Place:
    """Where a journey is worked on: its name and steps, the run's number, what names mean now.

    ``memory`` is the journey as it last ran, ``newest`` the last entry from before this run, and
    ``cohort`` the table that holds those who do something together.
    """

    name: str
    journey: Journey
    steps: Mapping[str, Instruction]
    run: int
    scope: Scope
    memory: Memory
    newest: int
    cohort: Table

    @property
    def now(self) -> int:
        """The run's instant in microseconds."""
        return micros(self.scope.now)
