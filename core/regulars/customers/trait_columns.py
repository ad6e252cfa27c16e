"""Columns of the traits table: what each holds, and what fills it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .aggregates import Aggregate

if TYPE_CHECKING:
    from pydantic import BaseModel

    from regulars.hooks.kinds import TraitKind

    from .aggregates import ColumnType


@dataclass(frozen=True)
class PluginAggregate:
    """A trait that a plugin computes; ``blame`` says who that is, see ``Plugins.blame``."""

    kind: TraitKind
    config: BaseModel = field(compare=False)
    written: str
    blame: str

    @property
    def type(self) -> ColumnType:
        """The type of the column that holds it."""
        return self.kind.type

    @property
    def in_millionths(self) -> bool:
        """A plugin's numbers are plain."""
        return False

    def signature(self) -> str:
        """A text that is equal for equal settings of the same plugin alone."""
        return self.written


@dataclass(frozen=True)
class TraitColumn:
    """One column of the traits table and what fills it."""

    name: str
    computes: Aggregate | PluginAggregate

    @property
    def type(self) -> ColumnType:
        """How the column is stored."""
        return self.computes.type

    @property
    def in_millionths(self) -> bool:
        """Whether the column holds millionths."""
        return self.computes.in_millionths

    @property
    def zero_without_events(self) -> bool:
        """Whether a customer without events has 0 here, not an unknown."""
        return isinstance(self.computes, Aggregate) and self.computes.zero_without_events
