"""Telling: what the verdict is, in one sentence, and what to do."""

from __future__ import annotations

from math import isfinite, log1p
from typing import TYPE_CHECKING

from .power import LONGEST
from .wording import between, chance, days, lift, percent

if TYPE_CHECKING:
    from .analysis import Result
    from .decision import Interval

NOBODY = "Nobody has been given an arm yet."
RARE = 3.0  # a lift that nobody will ever have: if it takes more, there is nothing to wait for
DOUBLED = 1.0
WEEK = 7  # days


def sentence(result: Result) -> str:
    """The verdict in words; what it says of lifts stands in the intervals that are printed."""
    if len(result.trial.arms) == 1:
        return "There is one arm, so there is nothing to compare it with."
    match result.decision.verdict:
        case "broken":
            return "Broken: the arms are not comparable, so there is no result."
        case "winner":
            return _won(result)
        case "equivalent":
            return _equivalent(result)
        case "stopped without an answer":
            return _stopped(result)
        case _:
            return _going_on(result)


def _goal(result: Result) -> str:
    return result.goals[0].evidence.goal.id


def _when(result: Result) -> str:
    """When it was decided, or that it may be read on any day."""
    decision = result.decision
    if result.plan.lasting:
        return f"day {decision.day:,.0f}, valid whenever you look"
    return f"day {decision.day:.3g} of {result.plan.horizon:.3g}, look {decision.look}"


def _won(result: Result) -> str:
    decision, control = result.decision, result.trial.arms[0]
    if decision.arm == control:
        return f"{control} wins: every other arm is worse for {_goal(result)} ({_when(result)})."
    interval = next(each for each in decision.intervals if each.arm == decision.arm)
    return (
        f"{decision.arm} wins: {_goal(result)} {lift(interval.lift)} against {control}, "
        f"between {between(interval.low, interval.high)} ({_when(result)})."
    )


def _equivalent(result: Result) -> str:
    worse = [
        interval.arm
        for interval, standing in zip(
            result.decision.intervals, result.decision.standings, strict=True
        )
        if standing == "worse"
    ]
    same = f"no arm moves {_goal(result)} by more than {percent(result.plan.rope)}"
    if worse:
        same = f"{_and(worse)} is worse, and no other arm moves {_goal(result)} by more than"
        same += f" {percent(result.plan.rope)}"
    return f"Equivalent: {same} ({_when(result)}). Take whichever is cheapest."


def _stopped(result: Result) -> str:
    widest = _widest(result.decision.intervals)
    said = f"Stopped without an answer after {days(result.plan.horizon)}"
    if widest is None:
        return f"{said}. {_rare(result) or 'Too little is known of the arms.'}"
    least = min(result.goals[0].smallest, default=float("inf"))
    return (
        f"{said}: for {_goal(result)} {widest.arm} is between {between(widest.low, widest.high)} "
        f"against {result.trial.arms[0]}. So many customers can find a lift of "
        f"{lift(least)} or more."
    )


def _going_on(result: Result) -> str:
    leading, rare = result.goals[0].posterior, _rare(result)
    if result.plan.lasting:
        said = "Not enough data yet; it has no end, so look whenever you like."
    elif rare:
        said = "Not enough data yet."
    else:
        said = f"Not enough data yet: keep going for about {days(result.decision.days, 'more')}."
    if rare:
        return f"{said} {rare}"
    if not leading.informed:
        return said
    best = max(range(len(leading.names)), key=lambda arm: float(leading.p_best[arm]))
    return (
        f"{said} So far {leading.names[best]} is the best with a chance of "
        f"{chance(float(leading.p_best[best]))}."
    )


def _rare(result: Result) -> str | None:
    """What is missing where the goal is too rare to say anything, and what would help; or None.

    Said from the first look on, or from a week on; before, there is little to go by. The logarithm
    of the smallest lift that can be found shrinks with the root of the time.
    """
    plan, least = result.plan, min(result.goals[0].smallest)
    if result.day < (plan.days[0] if plan.days else WEEK) or least <= RARE:
        return None
    if not isfinite(least):
        return (
            f"{_goal(result)} says nothing of the arms. See that its events come in, or put a goal "
            "first that happens more often."
        )
    until = result.day if plan.lasting else plan.horizon
    needed = until * (log1p(least) / log1p(DOUBLED)) ** 2
    takes = "over 10 years" if needed > LONGEST else f"about {days(needed)}"
    return (
        f"{_goal(result)} is too rare: {days(until)} find only a lift of {lift(least)} or more. To "
        f"find a doubling takes {takes} with so many customers a day. Give it more of them, or put "
        "a goal first that happens more often."
    )


def _widest(intervals: tuple[Interval, ...]) -> Interval | None:
    known = [each for each in intervals if each.high < float("inf")]
    return max(known, key=lambda each: each.high - each.low, default=None)


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
