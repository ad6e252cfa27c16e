"""What the rhythm says of each customer, in blocks of some ten thousand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import ModelEvents

from .clock import Clock
from .foreseeing import foresee
from .habit import habit
from .kind import WEEKDAYS
from .learning import Rhythm
from .past import past, visits
from .reasons import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData, Reason

    from .kind import RhythmSettings
    from .past import Past, Whole

AT_ONCE = 1 << 15  # customers, whose arrays stay where they are quick


@dataclass(frozen=True)
class _Block:
    """Some customers: their ``rows``, clock and past, and the day and hour that it is there."""

    rows: slice
    clock: Clock
    known: Past
    today: Whole
    hour: Whole


def score(config: RhythmSettings, fitted: Fitted, data: ModelData) -> dict[str, NDArray[Any]]:
    """The scores of everybody; none of who has no gap."""
    rhythm = Rhythm.of(fitted.parameters)
    names = np.array(WEEKDAYS, dtype=object)
    following, overdue = np.full(len(data), np.nan), np.full(len(data), np.nan)
    weekday = np.full(len(data), None, dtype=object)
    for block in _blocks(data, config.event):
        some = np.flatnonzero(block.known.gaps)
        last, today, hour = block.known.last[some], block.today[some], block.hour[some]
        theirs, rows = habit(rhythm, block.known).rows(some), block.rows.start + some
        said = foresee(theirs, rhythm.skipped, last, today, hour)
        at = block.clock.part(some).instants(said.day, said.hour)
        following[rows] = np.where(said.untold, np.nan, at)
        overdue[rows] = said.overdue
        weekday[rows] = names[theirs.weekdays.argmax(axis=1)]
    return {"next_order": following, "overdue": overdue, "weekday": weekday}


def inputs(config: RhythmSettings, data: ModelData) -> dict[str, NDArray[np.float64]]:
    """The numbers of each customer that scores are made of, NaN where there are none."""
    found = {name: np.full(len(data), np.nan) for name in ("gaps", "usual_gap", "since_last")}
    for block in _blocks(data, config.event):
        some = block.known.gaps > 0
        found["gaps"][block.rows] = block.known.gaps
        found["usual_gap"][block.rows] = np.where(some, np.exp(block.known.mean), np.nan)
        came = block.known.weekdays.any(axis=1)
        found["since_last"][block.rows] = np.where(came, block.today - block.known.last, np.nan)
    return found


def explain(
    config: RhythmSettings, fitted: Fitted, data: ModelData
) -> Mapping[str, Sequence[Reason]]:
    """What moved the scores of the one customer in ``data``."""
    rhythm = Rhythm.of(fitted.parameters)
    for block in _blocks(data, config.event):
        if not block.known.gaps[0]:
            break
        today, last = int(block.today[0]), int(block.known.last[0])
        theirs = habit(rhythm, block.known)
        case = Case(rhythm, theirs, today - last, today, int(block.hour[0]))
        return case.reasons(fitted.parameters["typical"])
    return {}


def _blocks(data: ModelData, event: str) -> Iterator[_Block]:
    events = data.events[event]
    clock = Clock.read(data.attributes["timezone"], data.zone)
    starts = np.arange(0, len(data), AT_ONCE)
    ends = np.minimum(starts + AT_ONCE, len(data))
    edges = np.searchsorted(events.customer, np.append(starts, len(data)))
    for start, end, first, last in zip(starts, ends, edges[:-1], edges[1:], strict=True):
        rows = slice(int(start), int(end))
        theirs, part = clock.part(rows), slice(int(first), int(last))
        some = ModelEvents(events.customer[part], events.at[part], events.times[part])
        everyone = np.arange(end - start)
        today, hour = theirs.shows(np.full(len(everyone), data.now), everyone)
        known = past(visits(some, theirs, int(start)), len(everyone))
        yield _Block(rows, theirs, known, today, hour)
