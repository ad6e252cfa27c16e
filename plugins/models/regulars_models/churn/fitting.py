"""Learning from a store's data by the method that the playbook chose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import DAY, Fitted

from . import hazard, weibull
from .kaplan_meier import FEWEST, kaplan_meier
from .law import Law, looked_at
from .rows import Rows, at_cutoffs, from_the_beginning, spells_of
from .standing import names, standing

if TYPE_CHECKING:
    from regulars.hooks import ModelData

    from .kind import ChurnSettings
    from .standing import Floats

ENOUGH = 20  # of those who left and of those who stayed


def fit(config: ChurnSettings, data: ModelData, seed: int) -> Fitted | str:
    """What was learned, or a sentence that says what is missing."""
    rows = at_cutoffs(config, data, seed)
    if not config.cutoffs:
        rows = from_the_beginning(spells_of(config, data))
    if missing := _missing(config, rows):
        return missing
    learned = {"hazard": _hazard, "weibull": _weibull, "kaplan-meier": _curve}[config.method]
    inputs = standing(config, data).inputs
    common = {
        "longest": _longest(config, data),
        "typical": _typical(inputs if len(inputs) else rows.inputs),
    }
    found = learned(config, rows, common)
    warnings = _untold(Law(config, found).risk(inputs), found.parameters.get("told", np.inf))
    return replace(found, diagnostics={**found.diagnostics, "warnings": warnings})


def _untold(risk: Floats, told: float) -> list[str]:
    """Of how many who can leave the curve doesn't reach far enough, in words."""
    count = int(np.isnan(risk).sum())
    if not count:
        return []
    said = (
        f"{count:,} of {len(risk):,} who can leave {'has' if count == 1 else 'have'} no risk,"
        f" because fewer than {FEWEST} are known for longer than {told:,.0f} days, and their"
        " risk lies beyond that. The methods hazard and weibull tell it of everybody."
    )
    return [said]


def _missing(config: ChurnSettings, rows: Rows) -> str | None:
    """What is too little to learn from, in words."""
    ended = int(rows.happened.sum())
    others = len(rows) - ended
    if min(ended, others) >= ENOUGH:
        return None
    if config.event is not None:
        seen = f"'{config.event}' stayed away {_times(others)} and came again {_times(ended)}"
    else:
        seen = f"subscriptions ended {_times(ended)} and went on {_times(others)}"
    return (
        f"As far as known {seen}, and to learn who leaves {ENOUGH} of each are needed."
        " Wait for more, or load older events."
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _hazard(config: ChurnSettings, rows: Rows, common: dict[str, Any]) -> Fitted:
    left = ~rows.happened if config.event else rows.happened
    within, shop = config.within / DAY, config.event is not None
    found = hazard.estimate(names(config), rows.inputs, left, within, shop=shop)
    diagnostics = _diagnostics(rows, found.log_likelihood, found.errors)
    return Fitted(common | found.law.kept(), {}, diagnostics, {}, found.law.odds.drivers())


def _weibull(config: ChurnSettings, rows: Rows, common: dict[str, Any]) -> Fitted:
    seen = Rows(looked_at(config, rows.inputs), rows.days, rows.happened)
    found = weibull.estimate(config.traits, seen)
    diagnostics = _diagnostics(rows, found.log_likelihood, found.errors)
    return Fitted(common | found.law.kept(), {}, diagnostics, {}, found.law.predictor.drivers())


def _curve(_config: ChurnSettings, rows: Rows, common: dict[str, Any]) -> Fitted:
    # In whole days, and as long as several are at risk: nobody is to be recognised by a time.
    curve = kaplan_meier(np.ceil(rows.days), rows.happened, FEWEST)
    return Fitted(common | {"told": curve.told}, curve.arrays(), _diagnostics(rows))


def _diagnostics(
    rows: Rows, likelihood: float | None = None, errors: dict[str, float] | None = None
) -> dict[str, Any]:
    counts = {"rows": len(rows), "happened": int(rows.happened.sum())}
    if likelihood is None:
        return counts
    return {"log_likelihood": likelihood, "standard_errors": errors} | counts


def _longest(config: ChurnSettings, data: ModelData) -> float:
    """After how many days nothing is told any more: ten subscriptions went on for so long.

    In a shop it is how long events are known.
    """
    if config.event is not None:
        events = data.events[config.event].at
        return float(data.now - events.min()) / DAY if len(events) else 0.0
    days = np.sort(spells_of(config, data).days())
    return float(days[-min(FEWEST, len(days))]) if len(days) else 0.0


def _typical(inputs: Floats) -> list[float | None]:
    """The middle of each input; None where it is always unknown."""
    known = ~np.isnan(inputs)
    return [
        float(np.median(column[there])) if there.any() else None
        for column, there in zip(inputs.T, known.T, strict=True)
    ]
