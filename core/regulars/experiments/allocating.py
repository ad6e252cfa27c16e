"""Allocating: once a run a bandit says how probable each arm is for whoever comes next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert

from regulars.hooks.attribution import blamed
from regulars.store.tables import allocations

from .probabilities import given_last
from .trial import trial_before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.hooks.trials import Trial
    from regulars.playbook.experiments import Allocation
    from regulars.segments.scope import Scope
    from regulars.store import Store

CLOSE = 1e-6  # how far from 1 the probabilities may add up
SAME = 1e-12  # how little a probability may change to be told as it was


def allocate(store: Store, scope: Scope) -> None:
    """Ask the bandit of each experiment that has one, and keep what it answers if that is new.

    Raises:
        PluginError: a bandit failed, or what it gave are no probabilities.
    """
    for name, experiment in scope.playbook.experiments.items():
        if experiment.allocation is not None:
            with store.transaction() as connection:
                trial = trial_before(connection, scope, name)
                _keep(connection, trial, _asked(scope, experiment.allocation, trial))


def _keep(connection: Connection, trial: Trial, given: Mapping[str, float]) -> None:
    before = given_last(connection, trial.name)
    same = before.keys() == given.keys() and all(
        math.isclose(before[arm], given[arm], abs_tol=SAME) for arm in given
    )
    if same:
        return
    here = {"experiment": trial.name, "at": trial.now}
    rows = [here | {"arm": arm, "probability": given[arm]} for arm in given]
    table = allocations.c
    connection.execute(
        delete(allocations).where(table.experiment == trial.name, table.at == trial.now)
    )
    connection.execute(insert(allocations), rows)


def _asked(scope: Scope, allocation: Allocation, trial: Trial) -> Mapping[str, float]:
    kind, config = allocation.configured(scope.plugins.allocations)
    with blamed(scope.plugins.blame("allocations", kind.name)):
        given = [float(probability) for probability in kind.allocate(config, trial)]
        _refuse_nonsense(given, trial.arms)
    return {
        arm: probability / math.fsum(given)
        for arm, probability in zip(trial.arms, given, strict=True)
    }


def _refuse_nonsense(given: Sequence[float], arms: Sequence[str]) -> None:
    if len(given) != len(arms):
        raise ValueError(f"it gave {len(given)} probabilities for {len(arms)} arms")
    for arm, probability in zip(arms, given, strict=True):
        if not (math.isfinite(probability) and probability > 0):
            raise ValueError(f"it gave '{arm}' the probability {probability}")
    if abs(math.fsum(given) - 1) > CLOSE:
        raise ValueError(f"its probabilities add up to {math.fsum(given)}, not to 1")
