"""Tables: a result for people to read, goal by goal and in its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import Table

from .qini import Qini
from .wording import chance, lift, span, unit, value, window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import GoalResult, Result


def tables(result: Result) -> tuple[Table, ...]:
    """The goals, the first with what decides; segments, factors and who gains, where asked for."""
    goals = [_goal(result, goal, decides=not place) for place, goal in enumerate(result.goals)]
    decided = _at_any_time(result) if result.plan.lasting else _decided(result)
    return (goals[0], decided, *goals[1:], *_parts(result))


def _goal(result: Result, goal: GoalResult, *, decides: bool) -> Table:
    found, known = goal.evidence, goal.posterior
    columns = ("arm", "customers", unit(found.goal), "best", "loss", "lift, 95 % sure")
    rows = tuple(_arm(goal, arm) for arm in range(len(result.trial.arms)))
    notes = []
    if decides:
        notes.append(
            "best: the chance to be the best arm. loss: what choosing it gives away on average. "
            f"Both with {_prior(result)}."
        )
    if found.waiting:
        still = f"{found.waiting:,} of {found.units.sum():,.0f} are still within their "
        count = ", and count when these are over" if result.trial.adaptive else ""
        notes.append(f"{still}{window(found.goal.within)}{count}.")
    if found.adjusted is not None and known.informed:
        notes.append(
            f"CUPED saved {100 * found.adjusted.saved:.1f} % of the variance; the trait is known "
            f"of {100 * found.adjusted.known:.3g} %."
        )
    title = f"{found.goal.id}, within {window(found.goal.within)}"
    if found.goal.better == "less" and found.goal.kind != "time":
        title += " (less is better)"
    return Table(title if known.informed else f"{title}: nothing yet", columns, rows, tuple(notes))


def _arm(goal: GoalResult, arm: int) -> tuple[str, ...]:
    found, known = goal.evidence, goal.posterior
    bottom = float(found.bottom[arm])
    row = (
        known.names[arm],
        f"{found.units[arm]:,.0f}",
        value(found.goal, float(found.top[arm]) / bottom) if bottom else "-",
    )
    if not known.informed:
        return (*row, "-", "-", "-")
    it = known.lift(arm)
    return (
        *row,
        chance(float(known.p_best[arm])),
        f"{100 * float(known.relative_loss[arm]):.2g} %",
        "-" if arm == 0 else f"{lift(it.mean)}, {span(it.low, it.high)}",
    )


def _prior(result: Result) -> str:
    learned = result.trial.learned.get("experiments")
    said = f"the lift prior N(0, {100 * result.plan.tau:.3g} %)"
    return f"{said}, learned from {learned} experiments" if learned else said


def _decided(result: Result) -> Table:
    """The intervals from which the verdict is read, and the smallest lift that can be found."""
    plan, decision = result.plan, result.decision
    always = {each.arm: each for each in decision.flag.intervals}
    at_look = {each.arm: each for each in decision.intervals}
    rows = []
    for place, arm in enumerate(result.trial.arms[1:]):
        look = at_look.get(arm)
        ever = always[arm]
        rows.append(
            (
                arm,
                span(look.low, look.high) if look else "no look yet",
                decision.standings[place] if decision.standings else "open",
                span(ever.low, ever.high),
                lift(result.goals[0].smallest[place]),
            )
        )
    said = f"look {decision.look} of {plan.looks}" if decision.look else "before the first look"
    note = (
        f"It stops at a look only (days {', '.join(f'{day:.3g}' for day in plan.days)}), and calls "
        f"a winner by mistake at most {100 * plan.alpha:.3g} % of the times. The always-valid "
        "interval may be looked at whenever you like."
    )
    columns = ("arm", "lift at the look", "is", "always valid", "can find")
    title = f"What decides, {said}, today is day {result.day:.3g} of {plan.horizon:.3g}"
    return Table(title, columns, tuple(rows), (note,))


def _at_any_time(result: Result) -> Table:
    """The same where there is no end, and so no look."""
    standings = result.decision.standings or ("open",) * len(result.decision.flag.intervals)
    rows = tuple(
        (each.arm, span(each.low, each.high), standing, lift(smallest))
        for each, standing, smallest in zip(
            result.decision.flag.intervals, standings, result.goals[0].smallest, strict=True
        )
    )
    note = (
        "It has no end, so there are no looks. The interval is valid whenever you look: over all "
        f"days together it is wrong at most {100 * result.plan.alpha:.3g} % of the times."
    )
    title = f"What decides, at any time, today is day {result.day:,.0f}"
    return Table(title, ("arm", "always valid", "is", "can find"), rows, (note,))


def _parts(result: Result) -> Iterator[Table]:
    if result.segments:
        yield Table(
            f"{result.goals[0].evidence.goal.id}, by segment",
            ("segment", "arm", "customers", "alone", "lift, 95 % sure"),
            tuple(
                (
                    each.segment,
                    each.arm,
                    f"{each.n:,}",
                    "-" if each.alone is None else lift(each.alone),
                    f"{lift(each.mean)}, {span(each.low, each.high)}",
                )
                for each in result.segments
            ),
            ("alone: by the segment's own data. The lift borrows from the other segments.",),
        )
    if result.factors:
        yield Table(
            f"{result.goals[0].evidence.goal.id}, by factor",
            ("factor", "level", "lift, 95 % sure", "more"),
            tuple(
                (
                    " by ".join(each.factors),
                    " with ".join(each.levels),
                    f"{lift(each.mean)}, {span(each.low, each.high)}" if each.told else "not told",
                    chance(each.positive) if each.told else "-",
                )
                for each in result.factors
            ),
            ("Each level by the first of its factor; of two, how much more they do together.",),
        )
    yield from _gains(result)


def _gains(result: Result) -> Iterator[Table]:
    if not result.gains:
        return
    rows, notes = [], []
    for gain in result.gains:
        if not isinstance(gain.found, Qini):
            notes.append(f"{gain.arm}: {gain.found}")
            continue
        found = gain.found
        rows.append(
            (
                gain.arm,
                f"{found.coefficient:.3g}",
                f"{-found.band:.3g} to {found.band:.3g}",
                "yes" if found.found else "no",
            )
        )
    columns = ("arm", "Qini", "at random", "tells who gains")
    yield Table("Who gains most (uplift)", columns, tuple(rows), tuple(notes))
