"""Tables: a result for people to read, goal by goal and in its parts."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from regulars.hooks import Table

from .uplift.qini import Qini
from .wording import LOSS, UNITS, chance, estimate, lift, percent, prior, span, window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .analysis import GoalResult, Result
    from .wording import Unit

ALONE = (
    "alone: by the segment's own data. The lift borrows from the other segments. can find: the "
    "smallest lift that the segment's own data find, 4 times out of 5."
)


def tables(result: Result) -> tuple[Table, ...]:
    """The goals, the first with what decides; segments, factors and who gains, where asked for."""
    goals = [_goal(result, goal, decides=not place) for place, goal in enumerate(result.goals)]
    decided = _at_any_time(result) if result.plan.lasting else _decided(result)
    return (goals[0], decided, *goals[1:], *_parts(result))


def _goal(result: Result, goal: GoalResult, *, decides: bool) -> Table:
    found, known = goal.evidence, goal.posterior
    unit, arms = UNITS[found.goal.kind], range(len(result.trial.arms))
    columns = ("arm", "units", unit.head, "best", "loss", "lift, 95 % sure")
    write = unit.writer(map(known.interval, arms))
    rows = tuple(_arm(goal, arm, unit, write) for arm in arms)
    notes = []
    if decides:
        notes.append(f"best: the chance to be the best arm. {LOSS} Both with {_prior(result)}.")
    if found.waiting:
        still = f"{found.waiting:,} of {found.units.sum():,.0f} are still within their "
        count = ", and count when these are over" if result.trial.adaptive else ""
        notes.append(f"{still}{window(found.goal.within)}{count}.")
    if found.adjusted is not None and known.informed:
        notes.append(
            f"CUPED saved {100 * found.adjusted.saved:.1f} % of the variance; the trait is known "
            f"of {percent(found.adjusted.known)}."
        )
    title = f"{found.goal.id}, within {window(found.goal.within)}"
    if found.goal.better == "less" and found.goal.kind != "time":
        title += " (less is better)"
    return Table(title if known.informed else f"{title}: nothing yet", columns, rows, tuple(notes))


def _arm(goal: GoalResult, arm: int, unit: Unit, write: Callable[[float], str]) -> tuple[str, ...]:
    found, known = goal.evidence, goal.posterior
    value = float(found.value[arm])
    row = (
        known.names[arm],
        f"{found.units[arm]:,.0f}",
        write(value) if isfinite(value) else "-",
    )
    if not known.informed:
        return (*row, "-", "-", "-")
    it = known.lift(arm)
    return (
        *row,
        chance(float(known.p_best[arm])),
        unit.loss(float(known.expected_loss[arm]), float(known.relative_loss[arm])),
        "-" if arm == 0 else estimate(it.mean, it.low, it.high),
    )


def _prior(result: Result) -> str:
    learned = result.trial.learned.get("experiments")
    said = f"the {prior(result.plan.tau)}"
    return f"{said}, learned from {learned} experiments" if learned else said


def _decided(result: Result) -> Table:
    """The intervals from which the verdict is read, and the smallest lift that can be found."""
    plan, decision = result.plan, result.decision
    always = {each.arm: each for each in decision.always}
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
        f"a winner by mistake at most {percent(plan.alpha)} of the times. The always-valid "
        "interval may be looked at whenever you like."
    )
    columns = ("arm", "lift at the look", "is", "always valid", "can find")
    title = f"What decides, {said}, today is day {result.day:.3g} of {plan.horizon:.3g}"
    return Table(title, columns, tuple(rows), (note,))


def _at_any_time(result: Result) -> Table:
    """The same where there is no end, and so no look."""
    standings = result.decision.standings or ("open",) * len(result.decision.always)
    rows = tuple(
        (each.arm, span(each.low, each.high), standing, lift(smallest))
        for each, standing, smallest in zip(
            result.decision.always, standings, result.goals[0].smallest, strict=True
        )
    )
    note = (
        "It has no end, so there are no looks. The interval is valid whenever you look: over all "
        f"days together it is wrong at most {percent(result.plan.alpha)} of the times."
    )
    title = f"What decides, at any time, today is day {result.day:,.0f}"
    return Table(title, ("arm", "always valid", "is", "can find"), rows, (note,))


def _parts(result: Result) -> Iterator[Table]:
    if result.segments:
        yield Table(
            f"{result.goals[0].evidence.goal.id}, by segment",
            ("segment", "arm", "units", "alone", "lift, 95 % sure", "can find"),
            tuple(
                (
                    each.segment,
                    each.arm,
                    f"{each.n:,}",
                    "-" if each.alone is None else lift(each.alone),
                    estimate(each.mean, each.low, each.high),
                    lift(each.smallest_lift),
                )
                for each in result.segments
            ),
            (ALONE,),
        )
    if result.factors:
        yield Table(
            f"{result.goals[0].evidence.goal.id}, by factor",
            ("factor", "level", "lift, 95 % sure", "more"),
            tuple(
                (
                    " by ".join(each.factors),
                    " with ".join(each.levels),
                    estimate(each.mean, each.low, each.high) if each.told else "not told",
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
