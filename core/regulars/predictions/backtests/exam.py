"""Backtests: a model learns from what was known then, and is held against what came since.

Nothing that happened after the cut-off is told to it, but for attributes: nobody knows how those
were.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from regulars.errors import PluginError
from regulars.experiments.arrays import arrays
from regulars.instants import DAY, instant
from regulars.predictions.asking import fitted_to
from regulars.predictions.reading.past import Past
from regulars.predictions.reading.sharing import narrowed, watched
from regulars.predictions.scoring import scores_of

from .baselines import baselines
from .calibration import calibration, curve
from .measures import beginning, came
from .quality import Backtest, Held, Quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData
    from regulars.segments.scope import Scope
    from regulars.store import Store

NEEDS = 2  # horizons: one to learn from, one to be held against


def held_back(
    store: Store, scope: Scope, model: PlannedModel, data: ModelData
) -> Sequence[Held] | str:
    """What ``model`` would have foreseen, by output, and what came; or why nobody can say.

    ``data`` is the model's own as of now. A customer counts who had an event by the cut-off and of
    whom it said something. An output that can't be tested is left out, if another can.

    Raises:
        PluginError: the plugin failed.
    """
    data = watched(store, scope, model, data)
    exam = _Exam(store, scope, model, data, Past(scope, model.reads))
    answers = list(exam.answers().values())
    held = [each for each in answers if isinstance(each, Held)]
    return held or next(map(str, answers), "nothing that it says of customers can be tested")


def backtest(held: Held, data: ModelData) -> Backtest:
    """How good what was ``held`` is, beside the baselines; ``data`` is as ``watched``."""
    foreseen, expected, actual = held.foreseen, held.expected, held.actual
    rows = np.searchsorted(data.customers, held.customers)
    return Backtest(
        held.output,
        held.cutoff,
        held.until,
        len(rows),
        float(actual.sum()),
        Quality.of(foreseen.measure, expected, actual),
        baselines(foreseen, data, held.cutoff, rows, actual),
        calibration(foreseen.measure, expected, actual),
        curve(expected, actual),
    )


def backtests(
    store: Store, scope: Scope, model: PlannedModel, data: ModelData, past: Past
) -> dict[str, Backtest | str]:
    """The backtest of each output of ``model`` that foresees something, or why there is none.

    ``past`` is what ``model`` reads as it was, as far as that was looked at. A plugin that fails at
    what was known then doesn't stop what it can say now.
    """
    if not model.foreseen:
        return {}
    data = watched(store, scope, model, data)
    try:
        answers = _Exam(store, scope, model, data, past).answers()
    except PluginError as error:
        return dict.fromkeys(model.foreseen, str(error))
    return {
        name: answer if isinstance(answer, str) else backtest(answer, data)
        for name, answer in answers.items()
    }


@dataclass(frozen=True)
class _Exam:
    """A model that is tested on ``data``, which is as ``watched``."""

    store: Store
    scope: Scope
    model: PlannedModel
    data: ModelData
    past: Past

    def answers(self) -> dict[str, Held | str]:
        """By output; those that look equally far ahead are of one fit."""
        found: dict[str, Held | str] = {}
        ahead = {name: foreseen.within for name, foreseen in self.model.foreseen.items()}
        for within, names in groupby(sorted(ahead, key=ahead.__getitem__), key=ahead.__getitem__):
            found |= self._ahead(within, list(names))
        return {name: found[name] for name in ahead}

    def _ahead(self, within: int, names: Sequence[str]) -> dict[str, Held | str]:
        if missing := self._too_short(within):
            return dict.fromkeys(names, missing)
        model, cutoff = self.model, self.data.now - within
        with self.store.reading() as connection:
            then = self.past.as_of(connection, narrowed(self.data, model.reads), cutoff)
            learning = self.past.with_earlier(connection, then)
        fitted = fitted_to(learning, model, self.scope.playbook.id)
        if isinstance(fitted, str):
            missing = f"as of {self._day(cutoff)} it could not learn: {fitted.rstrip('.')}"
            return dict.fromkeys(names, missing)
        scores, known = scores_of(model, fitted, then), self._known(cutoff)
        return {name: self._held(name, cutoff, scores[name], known) for name in names}

    def _held(
        self, name: str, cutoff: int, scores: NDArray[np.object_], known: NDArray[np.bool_]
    ) -> Held | str:
        expected = scores.astype(np.float64)
        rows = np.flatnonzero(known & ~np.isnan(expected))
        if not len(rows):
            return f"as of {self._day(cutoff)} it had nothing to say of anybody"
        data, foreseen = self.data, self.model.foreseen[name]
        actual = came(foreseen, data, cutoff, data.now)[rows]
        return Held(name, foreseen, cutoff, data.now, data.customers[rows], expected[rows], actual)

    def _too_short(self, within: int) -> str | None:
        first = beginning(self.data)
        if first is None:
            return "there are no events yet to test it on"
        known = self.data.now - first + DAY  # the first day counts, and so does today
        if known >= NEEDS * within:
            return None
        return (
            f"it looks {_days(within)} ahead, so a test needs {_days(NEEDS * within)} of data; "
            f"there are {_days(known)}"
        )

    def _known(self, cutoff: int) -> NDArray[np.bool_]:
        """Who was a customer by ``cutoff``: they had an event by then.

        Where the model looks at events alone, those that it knows of tell; else any does.
        """
        known = np.zeros(len(self.data), np.bool_)
        for events in self.data.events.values():
            known[events.customer[events.at <= cutoff]] = True
        if self.model.reads.traits or self.model.reads.attributes:
            table = self.scope.tables.events
            query = select(table.c.customer).where(table.c.time <= cutoff).distinct()
            with self.store.reading() as connection:
                (numbers,) = arrays(connection, query, np.int64)
            known[np.isin(self.data.customers, numbers)] = True
        return known

    def _day(self, at: int) -> str:
        return f"{instant(at).astimezone(self.scope.zone):%Y-%m-%d}"


def _days(span: int) -> str:
    count = span // DAY
    return f"{count:,} {'day' if count == 1 else 'days'}" if count else "less than a day"
