"""Learning from a shop's data: the rhythm, how sure it is, and how often its days were right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import Fitted

from .clock import Clock
from .habit import habit
from .learning import learn, shrunk
from .past import past, visits
from .reasons import typical
from .testing import FEWEST as TESTED
from .testing import hold_back

if TYPE_CHECKING:
    from regulars.hooks import ModelData

    from .kind import RhythmSettings
    from .learning import Rhythm
    from .past import Past


FEWEST = 20  # gaps from which a rhythm can be told


def fit(config: RhythmSettings, data: ModelData, _seed: int) -> Fitted | str:
    """What ``data`` tell of the gaps between events; a sentence if there are too few."""
    clock = Clock.read(data.attributes["timezone"], data.zone)
    seen = visits(data.events[config.event], clock)
    known = past(seen, len(data))
    if (gaps := int(known.gaps.sum())) < FEWEST:
        times = "once" if gaps == 1 else f"{gaps} times"
        return (
            f"Customers came back for another '{config.event}' {times} so far, and a rhythm needs"
            f" {FEWEST} such times. Wait for more, or load older events."
        )
    rhythm, held = learn(known, seen), hold_back(seen, len(data))
    some = np.flatnonzero(known.gaps)
    everyone = np.arange(len(data))
    today, _ = clock.shows(np.full(len(data), data.now), everyone)
    theirs = habit(rhythm, known).rows(some)
    return Fitted(
        rhythm.parameters()
        | {
            "usual_gap_days": float(np.exp(rhythm.usual)),
            "typical": typical(theirs, (today - known.last)[some]),
        },
        diagnostics={
            "gaps": gaps,
            "customers_with_a_gap": len(some),
            "standard_errors": {"usual": _error(rhythm, known)},
            "warnings": [_untested(known)] if held is None else held.doubts(),
        },
        metrics={} if held is None else held.metrics(),
        drivers=_drivers(rhythm),
    )


def _untested(known: Past) -> str:
    several = int((known.gaps > 1).sum())
    return (
        f"How often the days are right is told of {TESTED} customers who came three times or more;"
        f" there {'is' if several == 1 else 'are'} {several} yet."
    )


def _error(rhythm: Rhythm, known: Past) -> float:
    """Of the mean logarithm of gaps."""
    some = known.gaps > 0
    noise = shrunk(known, rhythm.within, rhythm.weight)[some] / known.gaps[some]
    return float(1 / np.sqrt((1 / (rhythm.between + noise)).sum()))


def _drivers(rhythm: Rhythm) -> dict[str, float]:
    """How much of a habit is the customer's own after ten visits."""
    visits = 10
    return {
        "gap": rhythm.between / (rhythm.between + rhythm.within / visits),
        "weekday": visits / (visits + rhythm.weekdays_count),
        "hour": visits / (visits + rhythm.hours_count),
    }
