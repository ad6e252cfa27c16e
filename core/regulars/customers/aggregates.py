"""Aggregates: what is computed of a customer's events, whoever asked for it.

Declared traits and event conditions written inline mean the same things, so both become an
``Aggregate``; equal ones are computed once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from regulars.playbook.conditions import NotPerformed, Performed
from regulars.playbook.goals import (
    ConversionGoal,
    CountGoal,
    MeanGoal,
    RatioGoal,
    RevenueGoal,
    TimeGoal,
)
from regulars.playbook.traits import KINDS, MODELS, event_and_property
from regulars.values import jsonable

if TYPE_CHECKING:
    from regulars.playbook.conditions import OneComparison
    from regulars.playbook.goals import AnyGoal
    from regulars.playbook.traits import Window
    from regulars.values import Duration

ColumnType = Literal["integer", "amount", "number", "time", "text"]
Where = Mapping[str, "OneComparison"]

ON_AMOUNTS = frozenset({"sum", "average", "largest", "smallest"})
ZERO_WITHOUT_EVENTS = frozenset({"count", "distinct", "sum"})


@dataclass(frozen=True)
class Aggregate:
    """One value computed of the events of one name, of those within a window and a ``where``.

    ``reads`` is the property it is computed of, if any; ``read_as`` says how ``first``, ``last``
    and ``most_common`` read it. Two aggregates are equal when they compute the same: ``where``
    counts by its canonical text ``narrowed``.
    """

    kind: str
    event: str
    reads: str | None = None
    within: Duration | None = None
    where: Where = field(default_factory=dict, compare=False)
    read_as: Literal["text", "number"] = "text"
    narrowed: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "narrowed", canonical(self.where))

    @property
    def type(self) -> ColumnType:
        """The type of the column that holds it."""
        if self.kind in {"count", "distinct"}:
            return "integer"
        if self.kind == "average":
            return "number"
        if self.kind in ON_AMOUNTS:
            return "amount"
        if self.reads is None:
            return "time"
        return "amount" if self.read_as == "number" else "text"

    @property
    def in_millionths(self) -> bool:
        """Whether the column holds millionths."""
        return self.type == "amount" or self.kind == "average"

    @property
    def zero_without_events(self) -> bool:
        """Whether it is 0 for a customer without events; the others are unknown then."""
        return self.kind in ZERO_WITHOUT_EVENTS

    @property
    def reads_number(self) -> bool:
        """Whether the property is read as a number."""
        return self.kind in ON_AMOUNTS or (self.kind != "distinct" and self.read_as == "number")

    def signature(self) -> str:
        """A text that is equal for equal aggregates alone; columns are named after it."""
        window = jsonable(self.within)
        return json.dumps([self.kind, self.event, self.reads, window, self.narrowed, self.read_as])


def canonical(where: Where) -> str:
    """``where`` as canonical JSON: equal for equal comparisons, in whatever order written."""
    written = {
        name: jsonable(comparison.model_dump(by_alias=True, exclude_defaults=True))
        for name, comparison in where.items()
    }
    return json.dumps(written, sort_keys=True)


def of_trait(trait: Window) -> Aggregate:
    """The aggregate that a declared trait computes, if it isn't a plugin's."""
    kind = next(kind for kind in KINDS if type(trait) is MODELS[kind])
    event, name = event_and_property(getattr(trait, kind))
    return Aggregate(
        kind,
        event,
        None if kind == "count" else name,
        trait.within,
        trait.where,
        getattr(trait, "type", "text") if name else "text",
    )


def of_condition(condition: Performed | NotPerformed) -> Aggregate:
    """The aggregate that an event condition compares."""
    if isinstance(condition, NotPerformed):
        return Aggregate(
            "count", condition.not_performed, within=condition.within, where=condition.where
        )
    kind, name = condition.aggregate
    return Aggregate(kind, condition.performed, name, condition.within, condition.where)


def of_goal(goal: AnyGoal) -> tuple[Aggregate, ...]:
    """What a goal of an experiment adds up for each unit; of a ratio, what it is set against too.

    ``where`` narrows both sides of a ratio if they are made of the same events, else the first.
    """
    match goal:
        case RevenueGoal():
            references = [event_and_property(goal.sum)]
        case MeanGoal():
            references = [event_and_property(goal.average)]
        case RatioGoal():
            references = [event_and_property(goal.ratio), event_and_property(goal.to)]
        case ConversionGoal():
            references = [(goal.performed, None)]
        case CountGoal():
            references = [(goal.count, None)]
        case TimeGoal():
            references = [(goal.time_to, None)]
    narrowed = references[0][0]
    return tuple(
        Aggregate(
            "count" if name is None else "sum",
            event,
            name,
            where=goal.where if event == narrowed else {},
        )
        for event, name in references
    )
