"""Trials: an experiment as it stands in the store at an instant, as arrays for its analysis."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from regulars.hooks.trials import Trial, Units
from regulars.instants import micros
from regulars.segments.scope import Scope
from regulars.store.tables import exposure_facts, learned

from .arrays import arrays
from .facts import SEGMENT, TRAIT, traits_wanted
from .ghosts import experiment_of, is_lasting
from .goals import Watched, outcome_of
from .members import members_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, FromClause

    from regulars.playbook.experiments import Experiment

CLOSE = 1e-6  # how little a probability may differ from a weight to be the same


def trial_of(connection: Connection, scope: Scope, name: str) -> Trial:
    """The experiment ``name``, or the holdout, as it stands at the instant of ``scope``.

    Who was given an arm that the playbook doesn't have any more is left out.

    Raises:
        PluginError: the analysis fails when it is asked for the traits that it wants to know.
    """
    experiment = experiment_of(scope.playbook, scope.plugins, name)
    weights = experiment.shares()
    arms = sorted(weights, key=lambda arm: arm != experiment.control)  # it comes first
    members = members_of(scope, experiment, name, arms)
    units, watched = _units(connection, members)
    return Trial(
        name=name,
        arms=tuple(arms),
        weights=tuple(weights[arm] for arm in arms),
        now=micros(scope.now),
        units=replace(
            units,
            traits={
                trait: _facts(connection, name, TRAIT + trait, watched)
                for trait in traits_wanted(scope, name, experiment)
            },
            segments={
                segment: _facts(connection, name, SEGMENT + segment, watched) == 1
                for segment in experiment.by
            },
        ),
        outcomes=tuple(
            outcome_of(connection, scope.events, watched, goal) for goal in experiment.goals
        ),
        levels=_levels(experiment, arms),
        adaptive=experiment.allocation is not None or _edited(units, [weights[a] for a in arms]),
        learned=_learned(connection, experiment),
        lasting=is_lasting(scope.playbook, name),
    )


def trial_before(connection: Connection, scope: Scope, name: str) -> Trial:
    """The experiment ``name`` as earlier runs left it, looked at at the instant of ``scope``.

    Who is given an arm at this very instant has not been seen to do anything, so a run that is done
    again at its instant sees the same.

    Raises:
        PluginError: as ``trial_of``.
    """
    earlier = Scope.of(
        connection,
        scope.playbook,
        scope.plugins,
        scope.plan,
        scope.tables,
        scope.now - timedelta(microseconds=1),
    )
    return replace(trial_of(connection, earlier, name), now=micros(scope.now))


def _edited(units: Units, weights: Sequence[float]) -> bool:
    """Whether somebody was given their arm by other weights than those that are written now."""
    now = np.array(weights)[units.arm]
    return not np.allclose(units.probability, now, rtol=0, atol=CLOSE)


def _units(connection: Connection, members: FromClause) -> tuple[Units, Watched]:
    """The units by when they were exposed; a unit's number is that of its first customer."""
    query = select(members.c.customer, members.c.at, members.c.arm, members.c.probability).where(
        members.c.customer == members.c.unit
    )
    kinds = (np.int64, np.int64, np.int64, np.float64)
    number, at, arm, probability = arrays(connection, query, *kinds)
    by_time = np.lexsort((number, at))
    number = number[by_time]
    rows = np.argsort(number)
    units = Units(arm[by_time], at[by_time], probability[by_time])
    return units, Watched(members, number[rows], rows)


def _facts(
    connection: Connection, experiment: str, name: str, watched: Watched
) -> NDArray[np.float64]:
    """What was true of each unit's first customer at exposure; NaN where that is not known.

    Of those exposed later the arm may have changed it.
    """
    facts = exposure_facts
    query = select(facts.c.customer, facts.c.value).where(
        facts.c.experiment == experiment, facts.c.name == name
    )
    customer, value = arrays(connection, query, np.int64, np.float64)
    values = np.full(len(watched.rows), np.nan)
    first = np.isin(customer, watched.numbers)
    values[watched.rows_of(customer[first])] = value[first]
    return values


def _levels(experiment: Experiment, arms: Sequence[str]) -> dict[str, tuple[str, ...]]:
    levels = experiment.levels()
    return {
        factor: tuple(levels[arm][factor] for arm in arms) for factor in experiment.factors or ()
    }


def _learned(connection: Connection, experiment: Experiment) -> dict[str, Any]:
    """What the experiment's analysis kept of earlier ones."""
    if experiment.decide is None:
        return {}
    query = select(learned.c.value).where(learned.c.analysis == experiment.decide.use)
    value = connection.scalar(query)
    kept: dict[str, Any] = json.loads(value) if value else {}
    return kept
