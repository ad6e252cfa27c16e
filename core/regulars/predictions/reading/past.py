"""The past: the data of a model as it was at an instant before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.customers.event_sql import Events
from regulars.customers.trait_sql import traits_of_all
from regulars.experiments.arrays import arrays
from regulars.hooks.kinds import Moment
from regulars.instants import instant

from .data import numbers_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from regulars.hooks.predictions import ModelData, Reads
    from regulars.segments.scope import Scope


@dataclass(frozen=True)
class Past:
    """What ``reads`` asks for as it was; the traits of an instant are computed once, and kept."""

    scope: Scope
    reads: Reads
    _traits: dict[int, dict[str, NDArray[np.float64]]] = field(default_factory=dict, repr=False)

    def with_earlier(self, connection: Connection, data: ModelData) -> ModelData:
        """``data`` for learning: beside it, what was known at each cut-off before its now."""
        earlier = [self.as_of(connection, data, data.now - each) for each in self.reads.cutoffs]
        return replace(data, earlier=earlier)

    def as_of(self, connection: Connection, data: ModelData, at: int) -> ModelData:
        """``data`` as it was at the instant ``at`` before its own; attributes have no history."""
        if at not in self._traits:
            self._traits[at] = _traits_then(connection, self.scope, self.reads.traits, at)
        return replace(
            data,
            now=at,
            events={name: events.until(at) for name, events in data.events.items()},
            traits=self._traits[at],
            trial=None,
            earlier=(),
        )


def _traits_then(
    connection: Connection, scope: Scope, names: Sequence[str], at: int
) -> dict[str, NDArray[np.float64]]:
    """The traits of everybody as of ``at``, computed from the events up to then."""
    if not names:
        return {}
    columns = {name: scope.plan.trait(name) for name in names}
    events = Events.of(connection, scope.tables, Moment(instant(at), scope.zone))
    then = traits_of_all(list(dict.fromkeys(columns.values())), events).subquery("then")
    query = select(*(then.c[column.name] for column in columns.values())).order_by(then.c.id)
    found = arrays(connection, query, *[np.float64] * len(columns))
    return {
        name: numbers_told(values, column.type, SCALE if column.in_millionths else 1, at)
        for (name, column), values in zip(columns.items(), found, strict=True)
    }
