"""Trials in which what happens is known beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY, Goal, Happened, Outcome, Trial, Units
from regulars_models.bayes_ab.measures import per_unit, statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike
    from regulars.hooks import GoalKind
    from regulars_models.bayes_ab.measures import Mask, Statistics


def happened(*events: tuple[int, float, float]) -> Happened:
    """Events of unit, day and amount."""
    unit, at, amount = zip(*sorted(events, key=lambda each: each[1]), strict=True)
    return Happened(
        np.array(unit, np.int64), (np.array(at) * DAY).astype(np.int64), np.array(amount, float)
    )


def nothing() -> Happened:
    return Happened(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def trial(  # noqa: PLR0913
    arms: ArrayLike,
    days: ArrayLike,
    what: Happened,
    kind: GoalKind = "conversion",
    *,
    now: float = 20,
    within: float = 7,
    against: Happened | None = None,
    names: tuple[str, ...] = ("control", "offer"),
    better: str = "more",
    probability: ArrayLike | None = None,
    traits: Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]] | None = None,
    segments: Mapping[str, np.ndarray[tuple[int], np.dtype[np.bool_]]] | None = None,
) -> Trial:
    """A trial with one goal; ``days`` is when each unit was exposed."""
    units = Units(
        np.array(arms, np.int64),
        (np.array(days) * DAY).astype(np.int64),
        np.array(probability)
        if probability is not None
        else np.full(np.size(arms), 1 / len(names)),
        traits or {},
        segments or {},
    )
    goal = Goal("goal", kind, int(within * DAY), better="less" if better == "less" else "more")
    outcome = Outcome(goal, what, against)
    weights = (1 / len(names),) * len(names)
    return Trial("planted", names, weights, int(now * DAY), units, (outcome,))


def converting(
    random: np.random.Generator, rates: Sequence[float], each: int, **more: object
) -> Trial:
    """``each`` units in every arm, all seen to the end, converting at ``rates``."""
    arms = np.repeat(np.arange(len(rates)), each)
    return converted(arms, random.random(len(arms)) < np.array(rates)[arms], **more)


def converted(arms: ArrayLike, who: ArrayLike, **more: object) -> Trial:
    """Units that converted a day after they were exposed on day 0, or never."""
    unit = np.flatnonzero(who)
    what = Happened(unit, np.full(len(unit), DAY, np.int64), np.ones(len(unit)))
    return trial(arms, np.zeros(np.size(arms)), what, **more)  # type: ignore[arg-type]


def under_a_bandit(  # noqa: PLR0913
    random: np.random.Generator,
    rates: Sequence[float],
    allocate: Callable[[Trial], Sequence[float]],
    *,
    days: int,
    a_day: int,
    season: Callable[[int], float] = lambda _day: 1.0,
    delay: float = 2.0,
) -> Callable[[float], Trial]:
    """The trial by day, after a bandit gave out the arms for ``days``, asked once a day.

    Who converts does so after ``delay`` days on average, within seven; ``season`` multiplies the
    rates of a day.
    """
    names = tuple("abcdef"[: len(rates)])
    arms: list[int] = []
    probability: list[float] = []
    exposed: list[float] = []
    events: list[tuple[int, float, float]] = []

    def at(now: float) -> Trial:
        seen = [each for each in events if each[1] <= now]
        what = happened(*seen) if seen else nothing()
        return trial(arms, exposed, what, now=now, names=names, probability=probability)

    for day in range(days):
        shares = np.array(allocate(at(day)))
        given = random.choice(len(rates), a_day, p=shares)
        does = random.random(a_day) < np.array(rates)[given] * season(day)
        waits = np.minimum(random.exponential(delay, a_day), 6.99)
        first = len(arms)
        events += [(first + int(i), day + waits[i] + 1e-6, 1.0) for i in np.flatnonzero(does)]
        arms += given.tolist()
        probability += shares[given].tolist()
        exposed += [float(day)] * a_day
    return at


def measure(
    trial: Trial, outcome: Outcome, until: int | None = None, where: Mask | None = None
) -> Statistics:
    """The statistics by arm that the goal's kind is made of."""
    return statistics(outcome, per_unit(trial, outcome, until, where), len(trial.arms))
