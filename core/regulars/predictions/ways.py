"""Ways: whom an experiment gives another model, and the scores that they have of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from regulars.experiments import Assignment, expose
from regulars.instants import micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.segments.scope import Scope
    from regulars.store import Store

    Scores = Mapping[str, NDArray[Any]]  # of one model, by output


def by_arm(
    store: Store, scope: Scope, model: PlannedModel, said: Mapping[str, Scores]
) -> dict[str, NDArray[Any]]:
    """The scores of ``model`` with each arm's own model; ``said`` are those of all models.

    Everybody who takes part is exposed by the first run that the model is asked in.
    """
    with store.transaction() as connection:
        assignment = Assignment.of(connection, scope, str(model.written.split))
        query = select(assignment.way).select_from(scope.people).order_by(scope.customer)
        ways = np.array(connection.scalars(query).all(), dtype=object)
        expose(connection, assignment, select(scope.customer), micros(scope.now))
    scores = dict(said[model.name])
    for arm, other in (model.written.arms or {}).items():
        theirs = ways == arm
        for output, mine in scores.items():
            scores[output] = np.where(theirs, said[other][output], mine)
    return scores
