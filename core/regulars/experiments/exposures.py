"""Exposures: who was given which arm of an experiment, when it first mattered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, literal, select

from regulars.store import insert_from, tables
from regulars.store.tables import Instant, Name

from .facts import note_facts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection, Select

    from .assignment import Assignment

_COLUMNS = ("customer", "arm", "unit_share", "probability", "experiment", "at")


def expose(connection: Connection, assignment: Assignment, who: Select[Any], at: int) -> int:
    """Record the arms of the customers that ``who`` selects, each customer once for ever.

    What the analysis wants to know of them is noted as it is now. Who takes no part is left out.

    Returns:
        How many customers had no arm before.
    """
    scope, name = assignment.scope, assignment.name
    given = (
        select(
            scope.customer,
            assignment.arm.label("arm"),
            assignment.unit_share.label("unit_share"),
        )
        .where(scope.customer.in_(who))
        .subquery("given")
    )
    probability = assignment.probability(given.c.arm, given.c.unit_share)
    rows = select(*given.c, probability, literal(name, Name), literal(at, Instant)).where(
        given.c.arm.is_not(None)
    )
    exposed = insert_from(connection, tables.exposures, _COLUMNS, rows, skip_existing=True)
    if exposed:
        note_facts(connection, scope, name, who, at)
    return exposed


def expose_to(
    connection: Connection, name: str, shares: Mapping[str, float], arms: Select[Any], at: int
) -> int:
    """Record what ``arms`` selects as (customer, arm), each customer once for ever.

    ``shares`` are the probabilities of the arms.

    Returns:
        How many customers had no arm before.
    """
    given = arms.distinct().subquery("given")
    customer, arm = given.c
    probability = case(*((arm == known, share) for known, share in shares.items()))
    rows = select(
        customer,
        arm,
        literal(None, Instant),
        probability,
        literal(name, Name),
        literal(at, Instant),
    )
    return insert_from(connection, tables.exposures, _COLUMNS, rows, skip_existing=True)


def arms_given(
    connection: Connection, names: Collection[str], customers: Collection[int]
) -> dict[tuple[str, int], str]:
    """The arms of these experiments that ``customers`` were given: (experiment, customer) → arm."""
    if not names or not customers:
        return {}
    given = tables.exposures.c
    query = select(given.experiment, given.customer, given.arm).where(
        given.experiment.in_(sorted(names)), given.customer.in_(sorted(customers))
    )
    return {(name, customer): arm for name, customer, arm in connection.execute(query)}
