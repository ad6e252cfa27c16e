"""Assignment: each customer's arm, by a share that never moves."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal, select

from regulars.customers.shares import threshold
from regulars.playbook.experiments import seed_of
from regulars.store.schema import sample_column
from regulars.store.tables import Name, exposures

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from regulars.segments.scope import Scope


def arm_of(scope: Scope, experiment: str) -> ColumnElement[str]:
    """The arm of each of ``scope.people``: the one that they were given before, else by share.

    So an edit of the weights moves nobody who has an arm already.
    """
    shares = scope.playbook.experiments[experiment].shares()
    given = (
        select(exposures.c.arm)
        .where(
            exposures.c.experiment == experiment,
            exposures.c.customer == scope.customer,
            exposures.c.arm.in_(list(shares)),
        )
        .correlate_except(exposures)
        .scalar_subquery()
    )
    return func.coalesce(given, _by_share(scope, experiment, shares), type_=Name)


def _by_share(scope: Scope, experiment: str, shares: dict[str, float]) -> ColumnElement[str]:
    seed = seed_of(experiment, scope.playbook.experiments[experiment])
    share = scope.tables.customers.c[sample_column(seed)]
    *arms, last = shares
    ends = [threshold(min(end, 1.0)) for end in accumulate(shares.values())]
    return case(
        *((share < end, literal(arm, Name)) for arm, end in zip(arms, ends, strict=False)),
        else_=literal(last, Name),
    )
