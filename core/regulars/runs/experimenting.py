"""Experimenting: what experiments have found so far."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.customers.privacy.limits import retention_limit
from regulars.customers.traits import plan_traits
from regulars.errors import StoreError
from regulars.experiments.analysing import analysed, as_json, picture
from regulars.experiments.brought import brought
from regulars.experiments.doubts import doubts
from regulars.experiments.ghosts import experiment_of, readable
from regulars.experiments.trial import trial_of
from regulars.instants import instant
from regulars.playbook.suggestions import unknown
from regulars.segments.scope import Scope
from regulars.store import rehearse

from .reading import last_run, stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.experiments.brought import Brought
    from regulars.hooks.trials import Reading
    from regulars.playbook.experiments import Experiment
    from regulars.playbook.loading import Loaded
    from regulars.store import Shape, Store


@dataclass(frozen=True)
class Standing:
    """An experiment as it stands ``at`` an instant.

    ``since`` is when the first of its ``units`` was given an arm; they are counted by arm.
    ``known`` is the last run, after which nothing is known. ``forgotten`` is until when events were
    let go by the playbook's retention, where an arm was given out before. ``doubts`` say what edits
    have left behind. ``reading`` is what its analysis answers, where one decides it and there is a
    goal.
    """

    name: str
    at: datetime
    known: datetime
    since: datetime | None
    forgotten: datetime | None
    units: Mapping[str, int]
    brought: tuple[Brought, ...]
    doubts: tuple[str, ...]
    reading: Reading | None
    experiment: Experiment

    @property
    def verdict(self) -> str:
        """The verdict in a few words."""
        if self.since is None:
            return "nobody has an arm yet"
        if self.reading is None:
            return "nothing decides it"
        return self.reading.verdict + (f": {self.reading.arm}" if self.reading.arm else "")

    def as_json(self) -> dict[str, Any]:
        """All of it, for ``--json``."""
        told: dict[str, Any] = {
            "experiment": self.name,
            "at": self.at,
            "known": self.known,
            "since": self.since,
            "forgotten": self.forgotten,
            "units": dict(self.units),
            "goals": [asdict(item) for item in self.brought],
            "doubts": list(self.doubts),
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
    with view_of(loaded, at) as view:
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
    with view_of(loaded, at) as view:
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
        raise StoreError(
            f"the analysis '{decide.use}' draws no picture of '{shown.name}' as it stands; "
            "leave out --svg"
        )
    return svg


@dataclass(frozen=True)
class View:
    """A playbook's store to look at, with what names mean in it; ``known`` is its last run."""

    connection: Connection
    scope: Scope
    known: datetime

    def standing(self, name: str) -> Standing:
        """The experiment ``name`` as it stands."""
        scope = self.scope
        experiment = experiment_of(scope.playbook, scope.plugins, name)
        trial = trial_of(self.connection, scope, name)
        counts = np.bincount(trial.units.arm, minlength=len(trial.arms))
        decide = experiment.decide if trial.outcomes else None
        since = instant(int(trial.units.at[0])) if len(trial.units) else None
        return Standing(
            name=name,
            at=scope.now,
            known=self.known,
            since=since,
            forgotten=None if since is None else self._forgotten(since),
            units=dict(zip(trial.arms, counts.tolist(), strict=True)),
            brought=brought(trial),
            doubts=tuple(doubts(self.connection, scope, name, experiment)),
            reading=None if decide is None else analysed(scope.plugins, decide, trial),
            experiment=experiment,
        )

    def _forgotten(self, since: datetime) -> datetime | None:
        """Up to when events were let go, if that is after ``since``."""
        limit = retention_limit(self.scope.playbook, self.known)
        until = None if limit is None else instant(limit)
        return until if until is not None and since < until else None


@contextmanager
def view_of(loaded: Loaded, at: datetime | None) -> Iterator[View]:
    """The store as of ``at``; a playbook that was edited has its new columns while it is looked at.

    Raises:
        StoreError: nothing has run yet.
    """
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
        yield View(connection, scope, known)


def _fits(store: Store, shape: Shape) -> bool:
    """Whether the store has the columns that an experiment is read from."""
    wanted, own = shape.columns(), store.tables
    return all(
        wanted[table.name].keys() <= set(table.c.keys()) for table in (own.customers, own.events)
    )
