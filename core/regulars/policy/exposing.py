"""Exposing: who is written to by a step with an experiment is given an arm of it.

It comes after all checks, so that the customers of an experiment are exactly those whom every arm
would have written to. What stops a message later leaves them exposed: that it was stopped may be
the arm's doing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from regulars.experiments import Assignment, expose

from .routing import experiment_routes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook

    from .candidates import Candidates


def expose_readers(connection: Connection, candidates: Candidates) -> None:
    """Record the arms of all who are written to; those who have one keep it."""
    table, scope = candidates.table, candidates.scope
    steps = _steps(scope.playbook)
    if not steps:
        return
    found = candidates.distinct(connection, "journey", "step", where=candidates.open)
    present = {tuple(row) for row in found}
    for experiment, places in steps.items():
        here = [
            and_(table.c.journey == j, table.c.step == s) for j, s in places if (j, s) in present
        ]
        if here:
            readers = select(table.c.customer).where(candidates.open, or_(*here))
            assignment = Assignment.of(connection, scope, experiment)
            expose(connection, assignment, readers, candidates.now)


def _steps(playbook: Playbook) -> dict[str, list[tuple[str, str]]]:
    """The journeys and steps that send with each experiment."""
    steps: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for experiment, route in experiment_routes(playbook):
        steps[experiment].append((route.journey, route.step))
    return steps
