"""Decisions: what may be said of an experiment, read from the very intervals that are printed.

At each planned look the interval of an arm's lift over the control is its estimate plus and minus
the look's bound times the standard error: a repeated confidence interval (Jennison and Turnbull
1989, JRSS B 51, 305-361), shared among the arms by Bonferroni. An arm whose interval lies wholly
inside the region of practical equivalence is equivalent: the two one-sided tests of Schuirmann
1987 (Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680), at half the level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from .effects import Effects
from .lift import posterior
from .prior import TAU
from .sequential import bounds, confidence_sequence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.hooks.trials import Verdict

Standing = Literal["better", "worse", "equivalent", "open"]

LARGEST = 700.0  # the exponential of more is infinite


@dataclass(frozen=True)
class Plan:
    """How an experiment is to be decided, fixed before it starts.

    It lasts ``horizon`` days and is looked at ``looks`` times, evenly, the last time at its end.
    It calls a winner by mistake with probability ``alpha`` at most. ``rope`` is the relative lift
    that makes no difference in practice, ``tau`` the width of the lift prior. ``smaller`` says
    that less is better. What is ``lasting`` has no end and no looks: the always-valid intervals
    decide, on any day, and may decide otherwise on another.
    """

    horizon: float = 28.0
    looks: int = 4
    alpha: float = 0.05
    rope: float = 0.01
    tau: float = TAU
    smaller: bool = False
    lasting: bool = False

    @property
    def days(self) -> tuple[float, ...]:
        """The planned looks, in days since the start."""
        if self.lasting:
            return ()
        return tuple(self.horizon * (i + 1) / self.looks for i in range(self.looks))

    def level(self, arms: int) -> float:
        """How much of ``alpha`` each comparison of one of ``arms`` with the control may use up."""
        return self.alpha / max(arms - 1, 1)


@dataclass(frozen=True)
class Look:
    """What was known on ``day``, counted from the start of the experiment."""

    day: float
    effects: Effects


@dataclass(frozen=True)
class Interval:
    """The relative lift of an arm over the control: 0.1 is a tenth more.

    ``lift`` is the estimate. While nothing is known ``low`` is -1 and ``high`` infinite.
    """

    arm: str
    lift: float
    low: float
    high: float

    def standing(self, rope: float, *, smaller: bool = False) -> Standing:
        """What this interval says of the arm; inside ``rope`` comes first."""
        if -rope <= self.low and self.high <= rope:
            return "equivalent"
        if self.low > 0:
            return "worse" if smaller else "better"
        if self.high < 0:
            return "better" if smaller else "worse"
        return "open"


@dataclass(frozen=True)
class Decision:
    """The verdict and the intervals from which it is read.

    ``arm`` is the winner. ``look`` counts from 1 and says which look this is from; 0 means that
    none was due yet, and there are no intervals, or that those of ``always`` decide because there
    is no end. ``day`` is when that was. ``days`` is about how many more are needed, 0 once there is
    an answer or where there is no end. ``standings`` are those of the arms other than the control.
    ``always`` are intervals that hold today, however often one looks.
    """

    verdict: Verdict
    arm: str | None = None
    look: int = 0
    day: float = 0.0
    days: float = 0.0
    intervals: tuple[Interval, ...] = ()
    standings: tuple[Standing, ...] = ()
    always: tuple[Interval, ...] = ()


def decide(plan: Plan, looks: Sequence[Look], now: Look, *, broken: bool = False) -> Decision:
    """What the ``looks`` taken so far say; ``now`` is what is known today.

    Looks are in order of time, each on the day that it was taken; a skipped one is left out, and
    one at the horizon or later is the last. The first look that answers stands, also when later
    data are there; between looks the last one stands. ``always`` is of ``now``.
    """
    always = always_at(plan, now.effects)
    if broken:
        return Decision("broken", always=always)
    if plan.lasting:
        said = _said(plan, now.effects, always, last=False)
        return replace(said, day=now.day, always=always)
    decision = Decision("keep going", always=always)
    for i in range(len(looks)):
        decision = replace(_read(plan, looks[: i + 1]), always=always)
        if decision.verdict != "keep going":
            return decision
    return replace(decision, days=_remaining(plan, looks, now))


def intervals_at(plan: Plan, looks: Sequence[Look]) -> tuple[Interval, ...]:
    """The intervals of the last of ``looks``; they hold together with those of all before."""
    effects = looks[-1].effects
    fractions = [look.day / plan.horizon for look in looks]
    made = []
    for arm in range(1, len(effects)):
        information = [1 / look.effects.against(arm)[1] for look in looks]
        y, v = effects.against(arm)
        half = bounds(fractions, plan.level(len(effects)), information)[-1] * np.sqrt(v)
        made.append(_interval(effects, arm, y - half, y + half))
    return tuple(made)


def always_at(plan: Plan, effects: Effects) -> tuple[Interval, ...]:
    """The intervals of ``effects`` that hold at all times together, shared as those of looks."""
    alpha = plan.level(len(effects))
    return tuple(
        _interval(effects, arm, *confidence_sequence(*effects.against(arm), alpha))
        for arm in range(1, len(effects))
    )


def verdict_of(
    standings: Sequence[Standing], *, last: bool
) -> tuple[Verdict, Literal["control", "best"] | None]:
    """The verdict that ``standings`` allow, and who wins: the control or the best of the better.

    The control wins when all others are worse. Some worse and the others equivalent is
    ``equivalent``: there is nothing to gain by a change.
    """
    found = set(standings)
    if "better" in found:
        return "winner", "best"
    if found == {"worse"}:
        return "winner", "control"
    if found and "open" not in found:
        return "equivalent", None
    return ("stopped without an answer" if last else "keep going"), None


def _read(plan: Plan, looks: Sequence[Look]) -> Decision:
    """What the last of ``looks`` says by itself."""
    look = looks[-1]
    said = _said(plan, look.effects, intervals_at(plan, looks), last=look.day >= plan.horizon)
    return replace(said, look=len(looks), day=look.day)


def _said(plan: Plan, effects: Effects, intervals: tuple[Interval, ...], *, last: bool) -> Decision:
    """What ``intervals`` say of the arms; ``last`` that there will be no more of them."""
    standings = tuple(each.standing(plan.rope, smaller=plan.smaller) for each in intervals)
    verdict, who = verdict_of(standings, last=last)
    arm = None
    if who == "control":
        arm = effects.names[0]
    elif who == "best":
        arm = _best(plan, effects, standings)
    return Decision(verdict, arm, intervals=intervals, standings=standings)


def _best(plan: Plan, effects: Effects, standings: Sequence[Standing]) -> str:
    """Of the arms that are better than the control, the one most probably best of all."""
    p_best = posterior(effects, plan.tau, smaller=plan.smaller).p_best
    better = [arm for arm, standing in enumerate(standings, start=1) if standing == "better"]
    return effects.names[max(better, key=lambda arm: float(p_best[arm]))]


def _remaining(plan: Plan, looks: Sequence[Look], now: Look) -> float:
    """Days to the first planned look that would answer if things went on as they are.

    The lifts are taken to be what the prior and the data together say, and data to come as fast
    as until now; at the latest it is the horizon.
    """
    if now.day <= 0:
        return plan.horizon
    centre = posterior(now.effects, plan.tau).centre
    done = [*looks]
    for day in plan.days:
        if day <= max(now.day, looks[-1].day if looks else 0.0):
            continue
        v = now.effects.v * (now.day / day)
        done.append(Look(day, Effects(now.effects.names, centre, v)))
        if _read(plan, done).verdict != "keep going":
            return day - now.day
    return max(plan.horizon - now.day, 0.0)


def _interval(effects: Effects, arm: int, low: float, high: float) -> Interval:
    y, v = effects.against(arm)
    if not np.isfinite(v):
        return Interval(effects.names[arm], 0.0, -1.0, float("inf"))
    lift, low, high = (float(np.expm1(min(each, LARGEST))) for each in (y, low, high))
    return Interval(effects.names[arm], lift, low, high)
