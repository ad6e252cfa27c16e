"""Auditing: how a model, and the segments that are built on it, treat groups of customers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import case, select

from regulars.errors import StoreError
from regulars.experiments.arrays import arrays
from regulars.playbook.conditions import InSegment, ScoreCondition
from regulars.playbook.suggestions import unknown
from regulars.playbook.walking import conditions_of
from regulars.predictions.audits.alarms import alarms
from regulars.predictions.audits.comparing import distribution, foretold, selection
from regulars.predictions.audits.groups import LEAST, grouped
from regulars.predictions.backtests.exam import held_back
from regulars.predictions.reading.data import model_data

from .glimpse import glimpse
from .modelling import known_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from regulars.customers.scores import PlannedModel
    from regulars.playbook.loading import Loaded
    from regulars.playbook.playbook import Playbook
    from regulars.predictions.audits.comparing import Foretold, Scored, Selection
    from regulars.predictions.audits.groups import Groups
    from regulars.predictions.backtests.quality import Held
    from regulars.segments.scope import Scope

LEAST_GROUPS = 2


@dataclass(frozen=True)
class Audit:
    """How ``model`` treats the groups of ``attribute``, as of ``at``.

    ``groups`` are their sizes, ``left_out`` the customers in groups that are too small to look at.
    ``tests`` are by output what came of what was foreseen; ``untested`` says why there are none.
    """

    model: str
    attribute: str
    at: datetime
    groups: Mapping[str, int]
    left_out: int
    scores: Mapping[str, Sequence[Scored]]
    segments: Sequence[Selection]
    tests: Mapping[str, Sequence[Foretold]]
    untested: str | None

    def as_json(self) -> dict[str, Any]:
        """All of it, for ``--json``."""
        told = asdict(self)
        for output, rows in self.tests.items():
            told["tests"][output] = [asdict(each) | {"off": each.off} for each in rows]
        return told | {"warnings": list(alarms(self.attribute, self.segments, self.tests))}


def audited(loaded: Loaded, name: str, attribute: str, at: datetime | None = None) -> Audit:
    """The audit of the model ``name`` as the last run left it, or as a run ``at`` then would.

    Raises:
        StoreError: there is no such model or attribute, it doesn't make groups, nothing has run
            yet, or the store ran later than ``at``.
        PluginError: a model failed.
    """
    known_model(loaded, name)
    _refuse(loaded.playbook, attribute)
    with glimpse(loaded, at, onward=True) as seen:
        model = seen.scope.plan.models[name]
        with seen.store.reading() as connection:
            groups = _groups(connection, seen.scope, attribute)
            data = model_data(connection, seen.scope, model.reads)
            scores = dict(_scores(connection, seen.scope, model, groups))
            segments = tuple(_selections(connection, seen.scope, name, groups))
        held = held_back(seen.store, seen.scope, model, data)
        return Audit(
            name,
            attribute,
            seen.scope.now,
            dict(zip(groups.names, groups.counts(), strict=True)),
            int((groups.of < 0).sum()),
            scores,
            segments,
            {} if isinstance(held, str) else _tests(held, data.customers, groups),
            held if isinstance(held, str) else None,
        )


def _refuse(playbook: Playbook, attribute: str) -> None:
    types = playbook.attribute_types()
    if attribute not in types:
        raise StoreError(f"{unknown('attribute', attribute, types)}; there are: {', '.join(types)}")
    if types[attribute] == "point":
        raise StoreError(
            f"the attribute '{attribute}' is a point, and points make no groups; name an attribute "
            "of another type, such as a city"
        )


def _groups(connection: Connection, scope: Scope, attribute: str) -> Groups:
    subject = scope.attribute_subject(attribute)
    query = select(subject.column).select_from(scope.people).order_by(scope.customer)
    (values,) = arrays(connection, query, object)
    groups = grouped(values, scope.playbook.attribute_types()[attribute])
    if len(groups.names) < LEAST_GROUPS:
        raise StoreError(
            f"the attribute '{attribute}' makes no two groups of {LEAST} customers or more, so "
            "there is nothing to compare; name another attribute"
        )
    return groups


def _scores(
    connection: Connection, scope: Scope, model: PlannedModel, groups: Groups
) -> Iterator[tuple[str, Sequence[Scored]]]:
    for name, output in model.outputs.items():
        if output.type == "number":
            column = scope.score(f"{model.name}.{name}")
            query = select(column).select_from(scope.people).order_by(scope.customer)
            yield name, distribution(arrays(connection, query, np.float64)[0], groups)


def _selections(
    connection: Connection, scope: Scope, model: str, groups: Groups
) -> Iterator[Selection]:
    for segment, condition in scope.playbook.segments.items():
        if _is_built_on(scope.playbook, segment, model):
            inside = case((scope.condition(condition), 1), else_=0)
            query = select(inside).select_from(scope.people).order_by(scope.customer)
            (found,) = arrays(connection, query, np.int64)
            yield selection(segment, found == 1, groups)


def _is_built_on(playbook: Playbook, segment: str, model: str) -> bool:
    """Whether a score of ``model`` decides who is in ``segment``, or in one that this one asks."""
    for _, inner in conditions_of(playbook.segments[segment], ()):
        if isinstance(inner, ScoreCondition) and inner.score.partition(".")[0] == model:
            return True
        if isinstance(inner, InSegment) and _is_built_on(playbook, inner.segment, model):
            return True
    return False


def _tests(
    held: Sequence[Held], customers: NDArray[np.int64], groups: Groups
) -> dict[str, Sequence[Foretold]]:
    places = {each.output: np.searchsorted(customers, each.customers) for each in held}
    return {
        each.output: foretold(each, groups.of[places[each.output]], groups.names) for each in held
    }
