"""Experimenting: what experiments have found so far, and what they teach those that follow."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete, insert

from regulars.customers.traits import plan_traits
from regulars.errors import StoreError
from regulars.experiments.analysing import analysed, as_json, picture, taught
from regulars.experiments.brought import brought
from regulars.experiments.ghosts import experiment_of, readable
from regulars.experiments.trial import trial_of
from regulars.instants import instant, micros
from regulars.playbook.suggestions import unknown
from regulars.segments.scope import Scope
from regulars.store import rehearse, tables

from .reading import last_run, stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.experiments.brought import Brought
    from regulars.hooks.trials import Reading, Trial
    from regulars.playbook.experiments import Decide, Experiment
    from regulars.playbook.loading import Loaded
    from regulars.store import Shape, Store


@dataclass(frozen=True)
class Standing:
    """An experiment as it stands ``at`` an instant.

    ``since`` is when the first of its ``units`` was given an arm; they are counted by arm.
    ``known`` is the last run, after which nothing is known. ``reading`` is what its analysis
    answers, where one decides it and there is a goal.
    """

    name: str
    at: datetime
    known: datetime
    since: datetime | None
    units: Mapping[str, int]
    brought: tuple[Brought, ...]
    reading: Reading | None
    experiment: Experiment

    @property
    def verdict(self) -> str:
        """The verdict in a few words."""
        if self.since is None:
            return "nobody was given an arm yet"
        if self.reading is None:
            return "nothing decides it"
        return self.reading.verdict + (f": {self.reading.arm}" if self.reading.arm else "")

    def as_json(self) -> dict[str, Any]:
        """All of it, for ``--json``."""
        told: dict[str, Any] = {
            "experiment": self.name,
            "at": self.at,
            "since": self.since,
            "units": dict(self.units),
            "goals": [asdict(item) for item in self.brought],
        }
        if self.reading is None:
            return told | {"verdict": None}
        reading = self.reading
        return told | {
            "verdict": reading.verdict,
            "arm": reading.arm,
            "sentence": reading.sentence,
            "warnings": list(reading.warnings),
            "tables": [asdict(table) for table in reading.tables],
            "data": as_json(reading.data),
        }


def standings(loaded: Loaded, at: datetime | None = None) -> list[Standing]:
    """Every experiment as it stands ``at``, None is the last run; the holdout last.

    Raises:
        StoreError: nothing has run yet.
        PluginError: an analysis failed.
    """
    with _view(loaded, at) as view:
        return [view.standing(name) for name in readable(loaded.playbook)]


def standing(loaded: Loaded, name: str, at: datetime | None = None) -> Standing:
    """The experiment ``name``, or the holdout, as it stands ``at``; None is the last run.

    Raises:
        StoreError: there is no such experiment, or nothing has run yet.
        PluginError: its analysis failed.
    """
    known = readable(loaded.playbook)
    if name not in known:
        there = f"; there are: {', '.join(known)}" if known else ""
        raise StoreError(f"{unknown('experiment', name, known)}{there}")
    with _view(loaded, at) as view:
        return view.standing(name)


def drawn(loaded: Loaded, shown: Standing) -> str:
    """The picture of an experiment: an SVG document.

    Raises:
        StoreError: nothing draws one.
        PluginError: its analysis failed.
    """
    decide, reading = shown.experiment.decide, shown.reading
    if decide is None or reading is None:
        raise StoreError(
            f"there is no picture of '{shown.name}', because nothing decides it; give it goals "
            "and write how it is decided: decide: {use: bayes-ab}"
        )
    svg = picture(loaded.plugins, decide, reading)
    if svg is None:
        raise StoreError(f"the analysis '{decide.use}' draws no picture; leave out --svg")
    return svg


@dataclass(frozen=True)
class Lesson:
    """What an ``analysis`` learned from so many ``experiments``."""

    analysis: str
    experiments: int
    learned: Mapping[str, Any]


def learn(loaded: Loaded, at: datetime | None = None) -> list[Lesson]:
    """Let every analysis learn from the experiments that it decides, and keep what it learned.

    Raises:
        StoreError: nothing has run yet.
        PluginError: an analysis failed.
    """
    with _view(loaded, at) as view:
        lessons, now = list(view.lessons()), view.scope.now
    rows = [
        {
            "analysis": lesson.analysis,
            "value": json.dumps(lesson.learned),
            "at": micros(now),
        }
        for lesson in lessons
    ]
    learned = tables.learned
    with stored(loaded) as store, store.transaction() as connection:
        for row in rows:
            connection.execute(delete(learned).where(learned.c.analysis == row["analysis"]))
            connection.execute(insert(learned).values(row))
    return lessons


@dataclass(frozen=True)
class _View:
    """The playbook's store, to look at."""

    connection: Connection
    scope: Scope
    known: datetime

    def standing(self, name: str) -> Standing:
        scope = self.scope
        experiment = experiment_of(scope.playbook, scope.plugins, name)
        trial = trial_of(self.connection, scope, name)
        counts = np.bincount(trial.units.arm, minlength=len(trial.arms))
        decide = experiment.decide if trial.outcomes else None
        return Standing(
            name=name,
            at=scope.now,
            known=self.known,
            since=instant(int(trial.units.at[0])) if len(trial.units) else None,
            units=dict(zip(trial.arms, counts.tolist(), strict=True)),
            brought=brought(trial),
            reading=None if decide is None else analysed(scope.plugins, decide, trial),
            experiment=experiment,
        )

    def lessons(self) -> Iterator[Lesson]:
        read: dict[str, list[tuple[Decide, Trial]]] = {}
        for name, experiment in self.scope.playbook.experiments.items():
            if experiment.decide is not None and experiment.goals:
                trial = trial_of(self.connection, self.scope, name)
                if len(trial.units):
                    read.setdefault(experiment.decide.use, []).append((experiment.decide, trial))
        for analysis, trials in read.items():
            learned = taught(self.scope.plugins, analysis, trials)
            if learned is not None:
                yield Lesson(analysis, len(trials), learned)


@contextmanager
def _view(loaded: Loaded, at: datetime | None) -> Iterator[_View]:
    """The store as it is; with the columns of a playbook that was edited since, while it looks."""
    playbook, plugins = loaded.playbook, loaded.plugins
    traits = plan_traits(playbook, plugins)
    with ExitStack() as stack:
        store = stack.enter_context(stored(loaded))
        known = last_run(store, loaded)
        if not _fits(store, traits.shape):
            store = stack.enter_context(rehearse(playbook.store))
            store.fit(traits.shape)
        connection = stack.enter_context(store.reading())
        now = known if at is None else at
        scope = Scope.of(connection, playbook, plugins, traits, store.tables, now)
        yield _View(connection, scope, known)


def _fits(store: Store, shape: Shape) -> bool:
    """Whether the store has the columns that an experiment is read from."""
    wanted, own = shape.columns(), store.tables
    return all(
        wanted[table.name].keys() <= set(table.c.keys()) for table in (own.customers, own.events)
    )
