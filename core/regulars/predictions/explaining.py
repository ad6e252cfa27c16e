"""Explaining: what moved one customer's scores, by the version that gave them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.errors import PluginError
from regulars.experiments import Assignment
from regulars.hooks.attribution import blamed
from regulars.hooks.predictions import Reason
from regulars.instants import DAY
from regulars.segments.words import amount_in_words, days_ago_in_words, value_in_words

from .reading.data import model_data
from .versions import newest_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.customers.comparisons import Subject
    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData
    from regulars.segments.scope import Scope

MOST = 3  # reasons that are told of a score

Moved = dict[str, tuple[Reason, ...]]  # by output, the largest first


@dataclass(frozen=True)
class Explained:
    """Why the scores of one customer are what they are, by model.

    ``reasons`` are, by output, the three that moved it most against a typical customer: in its own
    unit, a time in days. ``typical`` is the number that such a customer has. ``unexplained`` says
    of a model in words why it gave no reasons.
    """

    reasons: dict[str, Mapping[str, Sequence[Reason]]]
    typical: dict[str, Mapping[str, float]]
    unexplained: dict[str, str]


def explained(
    connection: Connection, scope: Scope, number: int, scores: Mapping[str, Mapping[str, Any]]
) -> Explained:
    """Why the customer with that ``number`` in the store has ``scores``, by model and output.

    A model that fails to explain itself spoils nothing: that is said instead.
    """
    found = Explained({}, {}, {})
    for name, values in scores.items():
        if all(value is None for value in values.values()):
            continue
        model = _asked(connection, scope, scope.plan.models[name], number)
        try:
            told = _reasons(connection, scope, model, number)
        except PluginError as error:
            told = str(error)
        if isinstance(told, str):
            found.unexplained[name] = told
            continue
        told = {each: told[each] for each in values if told.get(each) and values[each] is not None}
        found.reasons[name] = {each: _largest(model, each, moved) for each, moved in told.items()}
        found.typical[name] = {
            each: float(values[each]) - math.fsum(reason.by for reason in moved)
            for each, moved in told.items()
            if model.outputs[each].type == "number"
        }
    return found


def _asked(connection: Connection, scope: Scope, model: PlannedModel, number: int) -> PlannedModel:
    """The model that scored this customer: that of their arm, where an experiment gives others."""
    split, arms = model.written.split, model.written.arms or {}
    if split is None:
        return model
    way = Assignment.of(connection, scope, split).way
    query = select(way).select_from(scope.people).where(scope.customer == number)
    return scope.plan.models[arms.get(str(connection.scalar(query)), model.name)]


def _reasons(connection: Connection, scope: Scope, model: PlannedModel, number: int) -> Moved | str:
    """All reasons of ``model``, none where its kind gives none; or why nobody can say.

    Raises:
        PluginError: the plugin failed, or didn't say what it may.
    """
    explain, version = model.kind.explain, newest_version(connection, model.name)
    if explain is None:
        return {}
    if version is None or version.digest != model.digest:
        return "the model has changed since it gave this score; the next run gives a new one"
    data = model_data(connection, scope, model.reads, only=number)
    with blamed(model.blame):
        told = explain(model.config, version.fitted, data)
        held = {output: _held(output, moved, model) for output, moved in told.items()}
    words = _traits_in_words(scope, data)
    return {
        output: tuple(Reason(words.get(each.what, each.what), each.by) for each in moved)
        for output, moved in held.items()
    }


def _traits_in_words(scope: Scope, data: ModelData) -> dict[str, str]:
    """The traits of the one customer of ``data`` by name: ``last_order 254 days ago``."""
    return {
        name: f"{name} {_in_words(scope.trait_subject(scope.plan.trait(name)), float(values[0]))}"
        for name, values in data.traits.items()
    }


def _in_words(subject: Subject, value: float) -> str:
    if math.isnan(value):
        return "unknown"
    if subject.type == "time":
        return days_ago_in_words(value)
    if subject.scale > 1:
        return amount_in_words(Decimal(f"{value:.6f}"))
    return value_in_words(value, "number")


def _held(output: str, moved: Sequence[Reason], model: PlannedModel) -> tuple[Reason, ...]:
    if output not in model.outputs:
        raise ValueError(f"it explained {output}, which it doesn't promise")
    for reason in moved:
        if not isinstance(reason, Reason) or not math.isfinite(reason.by):
            raise TypeError(f"it gave {reason!r} for {output}; return Reasons with finite numbers")
    return tuple(sorted(moved, key=lambda reason: -abs(reason.by)))


def _largest(model: PlannedModel, output: str, moved: Sequence[Reason]) -> tuple[Reason, ...]:
    unit = DAY if model.outputs[output].type == "time" else 1
    return tuple(Reason(each.what, float(each.by) / unit) for each in moved[:MOST])
