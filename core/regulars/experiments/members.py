"""Members: the customers of each unit of an experiment, and when their unit was exposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal, select

from regulars.instants import micros
from regulars.store.tables import exposures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause

    from regulars.playbook.experiments import Experiment
    from regulars.segments.scope import Scope


def members_of(scope: Scope, experiment: Experiment, name: str, arms: Sequence[str]) -> FromClause:
    """Who was given one of ``arms`` by now: customer, unit, at, arm and probability.

    ``arm`` is a place in ``arms``. ``unit`` is the number of the customer who was first of it,
    ``at`` when that was: mostly their own.
    """
    given = exposures.c
    place = case(*((given.arm == arm, literal(place)) for place, arm in enumerate(arms)))
    first, since = (given.customer, given.at) if experiment.unit is None else _firsts()
    return (
        select(
            given.customer,
            first.label("unit"),
            since.label("at"),
            place.label("arm"),
            given.probability,
        )
        .where(given.experiment == name, given.at <= micros(scope.now), given.arm.in_(arms))
        .subquery("members")
    )


def _firsts() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The first customer of each one's unit, and when they were exposed."""
    given = exposures.c
    first = func.first_value(given.customer).over(
        partition_by=given.unit, order_by=[given.at, given.customer]
    )
    since = func.min(given.at).over(partition_by=given.unit)
    alone = given.unit.is_(None)
    return case((alone, given.customer), else_=first), case((alone, given.at), else_=since)
