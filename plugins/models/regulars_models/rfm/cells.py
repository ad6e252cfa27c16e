"""Fifths of all customers, and the cell that each customer is in.

Hughes, *Strategic Database Marketing* (1994): recency, frequency and monetary value by quintiles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import DAY, Fitted, Reason

from regulars_models.explaining import ago

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .kind import Cell, Rfm

    Floats = NDArray[np.float64]

MIDDLE = 3.0  # the fifth of a typical customer
LEAST = 25  # customers, five for each fifth
EDGES = (0.2, 0.4, 0.6, 0.8)


def inputs(config: Rfm, data: ModelData) -> Mapping[str, Floats]:
    """Days since the last event, how many there were, and what they came to; NaN without any."""
    events = data.events[config.event]
    last = np.full(len(data), np.nan)
    last[events.customer] = events.at  # the last one of each customer stays
    often = np.bincount(events.customer, events.times, len(data))
    found = {"recency": (data.now - last) / DAY, "frequency": np.where(often > 0, often, np.nan)}
    if config.spent is None:
        return found
    spent = np.nan_to_num(events.amounts[config.spent])
    total = np.bincount(events.customer, spent, len(data))
    return found | {"monetary": np.where(often > 0, total, np.nan)}


def fit(config: Rfm, data: ModelData, _seed: int) -> Fitted | str:
    """The edges of the fifths."""
    found = inputs(config, data)
    known = np.isfinite(found["recency"])
    if (count := int(known.sum())) < LEAST:
        have = "customer has" if count == 1 else "customers have"
        return (
            f"{count} {have} '{config.event}', and {LEAST} are needed to tell fifths of them apart."
        )
    if all(np.ptp(values[known]) == 0 for values in found.values()):
        return (
            f"All {count:,} customers with '{config.event}' are alike in {' and '.join(found)}, so"
            " there is nothing to tell apart. Wait until they differ."
        )
    edges = {name: np.quantile(values[known], EDGES) for name, values in found.items()}
    told = {name: values.tolist() for name, values in edges.items()}
    says = [word for name, values in found.items() if (word := _empty(name, values, told[name]))]
    return Fitted({"edges": told}, diagnostics={"customers": count}, metrics={"says": says})


def _empty(measure: str, values: Floats, edges: list[float]) -> str | None:
    """Which fifths nobody is in, where many customers are equal, in words."""
    fifths = _fifths({measure: values}, {measure: edges})[measure]
    without = [str(fifth) for fifth in range(1, len(EDGES) + 2) if fifth not in fifths]
    if not without:
        return None
    return f"By {measure} nobody is {' or '.join(without)}, because many customers are equal."


def score(config: Rfm, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """The fifth of each customer by each measure, and the name of their cell."""
    edges, found = fitted.parameters["edges"], inputs(config, data)
    fifths = _fifths(found, edges)
    return fifths | {"cell": _names(config.cells, fifths, len(data))}


def explain(config: Rfm, fitted: Fitted, data: ModelData) -> Mapping[str, Sequence[Reason]]:
    """What put the one customer of ``data`` above or below the middle fifth."""
    found = {name: float(values[0]) for name, values in inputs(config, data).items()}
    if np.isnan(found["recency"]):
        return {}
    words = {
        "recency": f"last {config.event} {ago(found['recency'])}",
        "frequency": f"{config.event} {_times(found['frequency'])}",
        "monetary": f"{config.spent} {found.get('monetary', 0.0):,.2f} in all",
    }
    fifths = score(config, fitted, data)
    return {name: [Reason(words[name], float(fifths[name][0]) - MIDDLE)] for name in found}


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:,.0f} times"


def _fifths(found: Mapping[str, Floats], edges: Mapping[str, list[float]]) -> dict[str, Floats]:
    fifths = {name: _fifth(values, edges[name]) for name, values in found.items()}
    if "recency" in fifths:
        fifths["recency"] = len(EDGES) + 2 - fifths["recency"]  # who came last is best
    return fifths


def _fifth(values: Floats, edges: list[float]) -> Floats:
    """1 up to the first edge, 2 up to the second; what is equal is in one fifth."""
    place = np.searchsorted(np.asarray(edges), values, side="left") + 1.0
    return np.where(np.isnan(values), np.nan, place)


def _names(cells: tuple[Cell, ...], fifths: Mapping[str, Floats], people: int) -> NDArray[Any]:
    names = np.full(people, None, dtype=object)
    for cell in reversed(cells):  # the first that fits wins: it comes last
        held = np.isfinite(fifths["recency"])
        for name, values in fifths.items():
            low, high = getattr(cell, name)
            held &= (values >= low) & (values <= high)
        names[held] = cell.name
    return names
