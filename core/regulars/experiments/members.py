"""Members: the customers of each unit of an experiment, and when their unit was exposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal, select, union_all

from regulars.customers.shapes import draws_of
from regulars.instants import micros
from regulars.store.tables import exposures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause, Select

    from regulars.playbook.experiments import Experiment
    from regulars.segments.scope import Scope


def members_of(scope: Scope, experiment: Experiment, name: str, arms: Sequence[str]) -> FromClause:
    """Whoever belongs to a unit that was given one of ``arms`` by now.

    The columns are customer, unit, at, arm and probability. ``arm`` is a place in ``arms``.
    ``unit`` is the number of the customer who was exposed first of it, ``at`` when that was:
    mostly their own. Members of a household who were not exposed themselves belong to it as well.
    """
    if experiment.unit is None:
        one = exposures.c
        return _given(scope, name, arms, one.customer, one.at).subquery("members")
    exposed = _given(scope, name, arms, *_firsts()).subquery("exposed")
    customers = scope.tables.customers
    share = customers.c[draws_of(name, experiment)[1].column]
    themselves = (
        select(exposures.c.customer)
        .where(exposures.c.experiment == name, exposures.c.customer == customers.c.id)
        .where(exposures.c.at <= micros(scope.now))
        .correlate(customers)
    )
    columns = (exposed.c.unit, exposed.c.at, exposed.c.arm, exposed.c.probability)
    others = (
        select(customers.c.id, *columns)
        .join_from(exposed, customers, share == exposed.c.unit_share)
        .where(exposed.c.customer == exposed.c.unit, ~themselves.exists())
    )
    return union_all(select(exposed.c.customer, *columns), others).subquery("members")


def _given(
    scope: Scope,
    name: str,
    arms: Sequence[str],
    unit: ColumnElement[int],
    at: ColumnElement[int],
) -> Select[tuple[int, int, int, int, float, int]]:
    """Who was given one of ``arms`` by now."""
    given = exposures.c
    place = case(*((given.arm == arm, literal(place)) for place, arm in enumerate(arms)))
    return select(
        given.customer,
        unit.label("unit"),
        at.label("at"),
        place.label("arm"),
        given.probability,
        given.unit_share,
    ).where(given.experiment == name, given.at <= micros(scope.now), given.arm.in_(arms))


def _firsts() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The first customer of each one's unit, and when they were exposed."""
    given = exposures.c
    first = func.first_value(given.customer).over(
        partition_by=given.unit_share, order_by=[given.at, given.customer]
    )
    since = func.min(given.at).over(partition_by=given.unit_share)
    alone = given.unit_share.is_(None)
    return case((alone, given.customer), else_=first), case((alone, given.at), else_=since)
