"""Learning: what a client's experiments teach the analyses of those that follow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert

from regulars.experiments.analysing import taught
from regulars.experiments.trial import trial_of
from regulars.instants import micros
from regulars.store import hold, tables

from .experimenting import view_of
from .reading import stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from regulars.hooks.trials import Trial
    from regulars.playbook.experiments import Decide
    from regulars.playbook.loading import Loaded

    from .experimenting import View


@dataclass(frozen=True)
class Lesson:
    """What an ``analysis`` learned when it was shown so many ``experiments``."""

    analysis: str
    experiments: int
    learned: Mapping[str, Any]


def learn(loaded: Loaded, at: datetime | None = None) -> list[Lesson]:
    """Show every analysis the experiments that it decides, and keep what it learns of them.

    They are shown as they stand ``at``, None is the last run.

    Raises:
        StoreError: nothing has run yet.
        PluginError: an analysis failed.
        BusyError: a run holds this playbook.
    """
    with view_of(loaded, at) as view:
        lessons, now = list(_lessons(view)), micros(view.scope.now)
    learned = tables.learned
    with stored(loaded) as store, hold(store.url), store.transaction() as connection:
        for lesson in lessons:
            row = {"analysis": lesson.analysis, "value": json.dumps(lesson.learned), "at": now}
            connection.execute(delete(learned).where(learned.c.analysis == lesson.analysis))
            connection.execute(insert(learned).values(row))
    return lessons


def _lessons(view: View) -> Iterator[Lesson]:
    shown: dict[str, list[tuple[Decide, Trial]]] = {}
    for name, experiment in view.scope.playbook.experiments.items():
        if experiment.decide is not None and experiment.goals:
            trial = trial_of(view.connection, view.scope, name)
            if len(trial.units):
                shown.setdefault(experiment.decide.use, []).append((experiment.decide, trial))
    for analysis, trials in shown.items():
        learned = taught(view.scope.plugins, analysis, trials)
        if learned is not None:
            yield Lesson(analysis, len(trials), learned)
