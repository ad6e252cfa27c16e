"""Modelling: what the models of a playbook have learned, and how good that is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.scores import plan_models
from regulars.errors import StoreError
from regulars.hooks.predictions import Fitted
from regulars.instants import instant
from regulars.playbook.suggestions import unknown
from regulars.predictions.doubts import doubts
from regulars.predictions.versions import newest_version
from regulars.store import tables

from .glimpse import glimpse
from .reading import last_run, stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.customers.scores import PlannedModel
    from regulars.playbook.loading import Loaded
    from regulars.predictions.backtests.quality import Backtest
    from regulars.predictions.versions import Version

EDITED = (
    "the playbook or the plugin has changed since it learned, so what stands here is of before; "
    "the next run lets it learn anew"
)
ERASED = (
    "somebody was erased, so all that it had learned was deleted; the next run lets it learn anew "
    "from those who are left"
)
NEW = "no run has asked it yet; the next one lets it learn"


@dataclass(frozen=True)
class Modelled:
    """A model as it stands ``now``: its newest ``version``, None if it learned nothing yet.

    ``scored`` counts the customers that it has scores of. ``missing`` says in words why it learned
    nothing, or nothing new. ``units`` are its scores', by output.
    """

    name: str
    kind: str
    now: datetime
    version: Version | None
    scored: int
    missing: str | None
    units: Mapping[str, str]

    @property
    def tests(self) -> list[Backtest]:
        """What was found of the outputs that could be tested."""
        found = self.version.backtest.values() if self.version else ()
        return [each for each in found if not isinstance(each, str)]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before they believe it."""
        return doubts(self.version.fitted) if self.version else ()

    @property
    def untested(self) -> dict[str, str]:
        """Why an output that looks ahead could not be tested."""
        found = self.version.backtest.items() if self.version else ()
        return {output: each for output, each in found if isinstance(each, str)}

    def as_json(self) -> dict[str, Any]:
        """All of it, for ``--json``."""
        version = self.version
        fitted = Fitted({}) if version is None else version.fitted
        return {
            "kind": self.kind,
            "version": version and version.number,
            "at": version and version.at,
            "since": version and version.since,
            "until": version and version.until,
            "customers": version and version.customers,
            "scored": self.scored,
            "parameters": dict(fitted.parameters),
            "log_likelihood": fitted.diagnostics.get("log_likelihood"),
            "standard_errors": fitted.diagnostics.get("standard_errors", {}),
            "diagnostics": dict(fitted.diagnostics),
            "metrics": dict(fitted.metrics),
            "drivers": dict(fitted.drivers),
            "backtest": [_test_as_json(test) for test in self.tests],
            "untested": self.untested,
            "missing": self.missing,
            "warnings": list(self.warnings),
        }


def _test_as_json(test: Backtest) -> dict[str, Any]:
    return test.as_json() | {"cutoff": instant(test.cutoff), "until": instant(test.until)}


def modelled(loaded: Loaded, at: datetime | None = None, name: str | None = None) -> list[Modelled]:
    """Every model, or ``name`` alone, as the last run left it, or as a run ``at`` then would.

    The latter reads the sources' new data, and keeps nothing of it.

    Raises:
        StoreError: there is no such model, nothing has run yet, or the store ran later than ``at``.
        PluginError: a model failed.
    """
    models = plan_models(loaded.playbook, loaded.plugins)
    chosen = models if name is None else {name: models[known_model(loaded, name)]}
    return _left(loaded, chosen.values()) if at is None else _then(loaded, chosen.values(), at)


def known_model(loaded: Loaded, name: str) -> str:
    """``name``, which is a model's.

    Raises:
        StoreError: there is no such model.
    """
    known = loaded.playbook.models
    if name not in known:
        there = f"; there are: {', '.join(known)}" if known else "; the playbook has no models"
        raise StoreError(f"{unknown('model', name, known)}{there}")
    return name


def _left(loaded: Loaded, models: Iterable[PlannedModel]) -> list[Modelled]:
    """As the last run left them."""
    with stored(loaded) as store:
        now = last_run(store, loaded)
        with store.reading() as connection:
            counts = _counts(connection)
            return [_left_by(connection, now, model, counts.get(model.name)) for model in models]


def _left_by(
    connection: Connection, now: datetime, model: PlannedModel, count: Mapping[str, Any] | None
) -> Modelled:
    scored, missing = (count["scored"], count["missing"]) if count else (0, None)
    told = _told(connection, now, model, scored, missing)
    if told.version is None:
        learned = count is not None and count["version"] is not None
        return replace(told, missing=ERASED if learned else missing or NEW)
    edited = told.version.digest != model.digest
    return replace(told, missing=EDITED) if edited else told


def _told(
    connection: Connection, now: datetime, model: PlannedModel, scored: int, missing: str | None
) -> Modelled:
    version = newest_version(connection, model.name)
    units = {name: output.unit for name, output in model.outputs.items()}
    return Modelled(model.name, model.kind.name, now, version, scored, missing, units)


def _counts(connection: Connection) -> Mapping[str, Any]:
    """What the last run that ended said of each model."""
    runs = tables.runs
    query = select(runs.c.summary).where(runs.c.summary.is_not(None)).order_by(runs.c.id.desc())
    summary = connection.scalars(query.limit(1)).first()
    found: Mapping[str, Any] = json.loads(summary).get("models", {}) if summary else {}
    return found


def _then(loaded: Loaded, models: Iterable[PlannedModel], at: datetime) -> list[Modelled]:
    """As a run ``at`` then would leave them."""
    with glimpse(loaded, at, onward=True) as seen, seen.store.reading() as connection:
        counts = seen.models
        return [
            _told(connection, at, model, counts[model.name].scored, counts[model.name].missing)
            for model in models
        ]
