"""Where and when a journey is worked on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_

from regulars.instants import micros
from regulars.store import tables

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from regulars.segments.scope import Scope


@dataclass(frozen=True)
class Place:
    """Where a journey is worked on: its name, the run's number, what names mean now."""

    journey: str
    run: int
    scope: Scope

    @property
    def now(self) -> int:
        """The run's instant in microseconds."""
        return micros(self.scope.now)

    def before(self, step: str) -> ColumnElement[bool]:
        """The positions of those who stand before ``step`` and are due."""
        positions = tables.positions
        return and_(
            positions.c.journey == self.journey,
            positions.c.step == step,
            positions.c.due_at <= self.now,
        )
