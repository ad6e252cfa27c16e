"""Probabilities: the shares of an experiment's arms now: as they are written, or a bandit's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.store.tables import allocations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from regulars.playbook.experiments import Experiment


def probabilities(connection: Connection, name: str, experiment: Experiment) -> Mapping[str, float]:
    """With which probability each arm is given, in the order in which they are written.

    A bandit's arms have what it gave them last; equal ones before that, and after an edit of them.
    """
    written = experiment.shares()
    if experiment.allocation is None:
        return written
    given = given_last(connection, name)
    return {arm: given[arm] for arm in written} if set(given) == set(written) else written


def given_last(connection: Connection, name: str) -> dict[str, float]:
    """The probabilities that the bandit of the experiment ``name`` set last, by arm."""
    mine = allocations.c.experiment == name
    last = select(func.max(allocations.c.at)).where(mine).scalar_subquery()
    query = select(allocations.c.arm, allocations.c.probability).where(
        mine, allocations.c.at == last
    )
    return {row.arm: row.probability for row in connection.execute(query)}
