"""Trials: what an analysis is told of an experiment, and what it answers.

Times are microseconds UTC, amounts are in the goal's own unit. An array has one row for each unit
(a customer, or a household where the playbook says so) or for each event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from regulars.printing import Table

GoalKind = Literal["conversion", "count", "mean", "revenue", "time", "ratio"]
Verdict = Literal["winner", "equivalent", "keep going", "stopped without an answer", "broken"]


@dataclass(frozen=True)
class Goal:
    """What an experiment is to change.

    ``kind`` is how it is measured for each unit: ``conversion`` whether anything happened,
    ``count`` how often, ``revenue`` the sum of the amounts, ``mean`` their average over the units
    with any, ``time`` how long until the first, ``ratio`` the sum of the amounts by the sum of
    those that they are set against. ``within`` is how long after exposure it counts. ``better``
    says whether ``more`` or ``less`` of it is wanted (for ``time``: sooner is ``less``). ``noun``
    names in words what is counted.
    """

    id: str
    kind: GoalKind
    within: int
    better: Literal["more", "less"] = "more"
    noun: str = ""


@dataclass(frozen=True)
class Happened:
    """Events of a goal, each in the window of its unit, by time.

    ``unit`` is the row in ``Units``, ``at`` when it happened, ``amount`` what it counts for.
    """

    unit: NDArray[np.int64]
    at: NDArray[np.int64]
    amount: NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What happened of one goal; ``against`` is what a ratio is set against."""

    goal: Goal
    happened: Happened
    against: Happened | None = None


@dataclass(frozen=True)
class Units:
    """Who was given an arm, by when that was.

    ``arm`` is the row in ``Trial.arms``, ``at`` the time of exposure, ``probability`` with which
    that arm was given then. ``traits`` are values as they were at exposure, NaN where unknown;
    ``segments`` say who was inside then.
    """

    arm: NDArray[np.int64]
    at: NDArray[np.int64]
    probability: NDArray[np.float64]
    traits: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    segments: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.arm)


@dataclass(frozen=True)
class Trial:
    """An experiment as it stands at ``now``.

    ``arms`` are the names, the control first; ``weights`` the shares that they are meant to have.
    ``levels`` are those of each factor, by arm, where the arms are made of factors:
    ``{"subject": ("plain", "warm", …)}``. ``adaptive`` says that arms were not given out with one
    probability all the time: a bandit gave them out, or the weights were edited.
    ``learned`` is what the analysis kept of earlier experiments. ``lasting`` says that it has no
    end, as the holdout: nobody decides when to look, so what is said must hold at any time.
    """

    name: str
    arms: tuple[str, ...]
    weights: tuple[float, ...]
    now: int
    units: Units
    outcomes: tuple[Outcome, ...]
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adaptive: bool = False
    learned: Mapping[str, Any] = field(default_factory=dict)
    lasting: bool = False


@dataclass(frozen=True)
class Reading:
    """What an analysis answers.

    ``verdict`` and ``arm``, the winner if there is one, go with ``sentence``, which says both in
    words and what to do. ``warnings`` are what a person should know before they believe it.
    ``data`` is everything in numbers, for JSON. ``picture`` draws it as an SVG document.
    """

    verdict: Verdict
    arm: str | None
    sentence: str
    warnings: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    picture: Callable[[], str] | None = None
