"""Backtests: a model learns from what was known then, and is held against what came since.

Nothing that happened after the cut-off is told to it, but for attributes: nobody knows how those
were.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from regulars.experiments.arrays import arrays
from regulars.instants import DAY, instant

from .asking import fitted_to
from .data import as_of, narrowed, watched, with_earlier
from .measures import came
from .quality import Held
from .scoring import scores_of

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
    found = tested(store, scope, model, watched(store, scope, model, data))
    held = [each for each in found.values() if isinstance(each, Held)]
    return held or next(
        iter(str(each) for each in found.values()), "nothing that it says is tested"
    )


def tested(
    store: Store, scope: Scope, model: PlannedModel, data: ModelData
) -> dict[str, Held | str]:
    """As ``held_back``, but by output, each with its own answer; ``data`` is as ``watched``.

    Outputs that look equally far ahead are of one fit.
    """
    found: dict[str, Held | str] = {}
    ahead = {name: foreseen.within for name, foreseen in model.foreseen.items()}
    for within, names in groupby(sorted(ahead, key=ahead.__getitem__), key=ahead.__getitem__):
        found |= _tested(store, scope, model, data, within, list(names))
    return {name: found[name] for name in ahead}


def _tested(  # noqa: PLR0913, PLR0917 (what is tested, on what, and where)
    store: Store,
    scope: Scope,
    model: PlannedModel,
    data: ModelData,
    within: int,
    names: Sequence[str],
) -> dict[str, Held | str]:
    if too_short := _too_short(data, within):
        return dict.fromkeys(names, too_short)
    cutoff = data.now - within
    with store.reading() as connection:
        then = as_of(connection, scope, model.reads, narrowed(data, model.reads), cutoff)
        learning = with_earlier(connection, scope, model.reads, then)
    fitted = fitted_to(learning, model, scope.playbook.id)
    if isinstance(fitted, str):
        return dict.fromkeys(names, f"as of {_day(scope, cutoff)} it could not learn: {fitted}")
    scores = scores_of(model, fitted, then)
    known = _known(store, scope, model, data, cutoff)
    return {name: _held(scope, model, data, name, cutoff, scores[name], known) for name in names}


def _held(  # noqa: PLR0913, PLR0917 (what was said of whom, and until when)
    scope: Scope,
    model: PlannedModel,
    data: ModelData,
    name: str,
    cutoff: int,
    scores: NDArray[np.object_],
    known: NDArray[np.bool_],
) -> Held | str:
    expected = scores.astype(np.float64)
    rows = np.flatnonzero(known & ~np.isnan(expected))
    if not len(rows):
        return f"as of {_day(scope, cutoff)} it had nothing to say of anybody"
    actual = came(model.foreseen[name], data, cutoff, data.now)
    return Held(name, cutoff, data.now, data.customers[rows], expected[rows], actual[rows])


def _too_short(data: ModelData, within: int) -> str | None:
    first = min((int(each.at.min()) for each in data.events.values() if len(each)), default=None)
    if first is None:
        return "there are no events yet to test it on"
    if data.now - first >= NEEDS * within:
        return None
    return (
        f"it looks {_days(within)} ahead, so a test needs {_days(NEEDS * within)} of data; "
        f"there are {_days(data.now - first)}"
    )


def _known(
    store: Store, scope: Scope, model: PlannedModel, data: ModelData, cutoff: int
) -> NDArray[np.bool_]:
    """Who was a customer by ``cutoff``: they had an event by then.

    Where the model looks at events alone, those that it knows of tell; else any does.
    """
    known = np.zeros(len(data), np.bool_)
    for events in data.events.values():
        known[events.customer[events.at <= cutoff]] = True
    if model.reads.traits or model.reads.attributes:
        table = scope.tables.events
        query = select(table.c.customer).where(table.c.time <= cutoff).distinct()
        with store.reading() as connection:
            (numbers,) = arrays(connection, query, np.int64)
        known[np.isin(data.customers, numbers)] = True
    return known


def _day(scope: Scope, at: int) -> str:
    return f"{instant(at).astimezone(scope.zone):%Y-%m-%d}"


def _days(span: int) -> str:
    count = round(span / DAY, 1)
    return f"{count:,.0f} {'day' if count == 1 else 'days'}" if count >= 1 else "less than a day"
