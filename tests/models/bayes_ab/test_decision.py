"""Decisions: what is printed and what is decided never contradict one another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.decision import Decision, Look, Plan, decide, intervals_at
from regulars_models.bayes_ab.effects import Effects, conversion
from regulars_models.bayes_ab.lift import posterior

NAMES = ("control", "offer", "coffee", "letter")
PLAN = Plan()
BIG = 1_000_000
y = st.floats(-0.4, 0.4)
v = st.one_of(st.floats(1e-8, 0.02), st.just(np.inf))


def look(day: float, *converted: float, n: float = 3500) -> Look:
    """``n`` units an arm a week, and how many of them converted."""
    units = [n * day / 7] * len(converted)
    return Look(day, conversion(NAMES[: len(converted)], converted, units))


@st.composite
def courses(draw: st.DrawFn) -> tuple[Plan, list[Look]]:
    """An experiment's plan and the looks that were taken, some late, some left out."""
    arms = draw(st.integers(2, 4))
    plan = Plan(rope=draw(st.sampled_from([0.0, 0.01, 0.1])), smaller=draw(st.booleans()))
    days = draw(st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True))
    centre = np.array(draw(st.lists(y, min_size=arms, max_size=arms)))
    first = np.array(draw(st.lists(v, min_size=arms, max_size=arms)))
    return plan, [
        Look(day, Effects(NAMES[:arms], centre, first * days[0] / day)) for day in sorted(days)
    ]


def contradicts(decision: Decision, plan: Plan) -> bool:
    """Whether a reader of the printed intervals would object to the verdict."""
    sign = -1 if plan.smaller else 1
    spans = {each.arm: sorted((sign * each.low, sign * each.high)) for each in decision.intervals}
    same = {arm for arm, (low, high) in spans.items() if -plan.rope <= low and high <= plan.rope}
    better = {arm for arm, (low, _) in spans.items() if low > 0} - same
    worse = {arm for arm, (_, high) in spans.items() if high < 0} - same
    if decision.verdict == "winner" and decision.arm == NAMES[0]:
        return worse != set(spans)
    if decision.verdict == "winner":
        return decision.arm not in better
    if decision.verdict == "equivalent":
        return bool(better) or not same or same | worse != set(spans)
    return bool(better) or (bool(spans) and same | worse == set(spans))


@settings(max_examples=150, deadline=None)
@given(courses())
def test_no_verdict_contradicts_the_intervals_beside_it(course: tuple[Plan, list[Look]]) -> None:
    plan, looks = course

    decision = decide(plan, looks, looks[-1])

    assert not contradicts(decision, plan)
    assert decision.intervals == intervals_at(plan, looks[: decision.look])
    assert (decision.days > 0) == (decision.verdict == "keep going" and looks[-1].day < 28)


@settings(max_examples=60, deadline=None)
@given(courses())
def test_an_inverted_goal_is_decided_alike(course: tuple[Plan, list[Look]]) -> None:
    plan, looks = course
    plan = replace(plan, rope=0.0)
    turned = [
        Look(each.day, Effects(each.effects.names, -each.effects.y, each.effects.v))
        for each in looks
    ]

    straight = decide(plan, looks, looks[-1])
    inverted = decide(replace(plan, smaller=not plan.smaller), turned, turned[-1])

    assert (straight.verdict, straight.arm) == (inverted.verdict, inverted.arm)
    assert straight.standings == inverted.standings


def test_a_better_arm_wins_at_the_second_look_and_not_before() -> None:
    first, second = look(7, 170, 200), look(14, 340, 440)

    early = decide(PLAN, [first], look(9, 220, 270))
    late = decide(PLAN, [first, second], second)

    assert early.verdict == "keep going"
    assert (late.verdict, late.arm, late.look, late.days) == ("winner", "offer", 2, 0)


def test_a_decision_stands_when_later_data_are_less_sure() -> None:
    looks = [look(7, 170, 290), look(14, 340, 350)]

    decision = decide(PLAN, looks, look(15, 360, 365))

    assert (decision.verdict, decision.arm, decision.look, decision.day) == (
        "winner",
        "offer",
        1,
        7,
    )


def test_between_looks_the_last_one_stands_and_what_always_holds_is_of_today() -> None:
    decision = decide(PLAN, [look(7, 170, 200)], look(13, 300, 480))

    assert (decision.verdict, decision.look) == ("keep going", 1)
    assert [each.standing(0.0) for each in decision.always] == ["better"]
    assert decision.intervals == intervals_at(PLAN, [look(7, 170, 200)])


def test_before_the_first_look_only_what_always_holds_is_known() -> None:
    decision = decide(PLAN, [], look(2, 50, 52))

    assert (decision.verdict, decision.look, decision.intervals) == ("keep going", 0, ())
    assert len(decision.always) == 1


def test_the_control_wins_when_all_others_are_worse() -> None:
    decision = decide(PLAN, [look(14, 400, 250, 260)], look(14, 400, 250, 260))

    assert (decision.verdict, decision.arm) == ("winner", "control")


def test_of_two_better_arms_the_one_most_probably_best_wins() -> None:
    taken = look(14, 300, 450, 470)

    decision = decide(PLAN, [taken], taken)

    assert decision.standings == ("better", "better")
    assert (
        decision.arm == NAMES[int(posterior(taken.effects, PLAN.tau).p_best.argmax())] == "coffee"
    )


def test_arms_that_make_no_difference_in_practice_are_equivalent() -> None:
    taken = look(28, 5 * BIG, 5 * BIG + 20_000, n=10 * BIG)

    decision = decide(PLAN, [taken], taken)

    assert decision.verdict == "equivalent"
    assert decision.intervals[0].low > 0  # better, but by less than anybody would notice


def test_the_horizon_ends_it_without_an_answer() -> None:
    looks = [look(day, 25 * day, 25 * day + 3) for day in PLAN.days]

    decision = decide(PLAN, looks, look(31, 700, 702))

    assert (decision.verdict, decision.look, decision.days) == ("stopped without an answer", 4, 0)


def test_a_broken_experiment_says_nothing_of_its_arms() -> None:
    taken = look(28, 300, 600)

    decision = decide(PLAN, [taken], taken, broken=True)

    assert (decision.verdict, decision.arm, decision.intervals) == ("broken", None, ())


@settings(max_examples=100, deadline=None)
@given(courses())
def test_what_has_no_end_is_read_from_the_always_valid_intervals_of_the_day(
    course: tuple[Plan, list[Look]],
) -> None:
    plan, looks = course
    lasting = replace(plan, lasting=True)

    for now in looks:
        decision = decide(lasting, [], now)

        assert lasting.days == ()
        assert decision.intervals == decision.always
        assert decision.verdict in {"winner", "equivalent", "keep going"}
        assert not contradicts(decision, plan)
        assert (decision.look, decision.day, decision.days) == (0, now.day, 0)


def test_more_arms_need_more_to_be_sure() -> None:
    two, four = look(28, 700, 810), look(28, 700, 810, 700, 700)

    narrow, wide = (intervals_at(PLAN, [each])[0] for each in (two, four))

    assert wide.low < narrow.low < narrow.high < wide.high


def test_days_are_those_to_the_look_that_would_answer() -> None:
    sure, unsure = look(8, 190, 420), look(8, 190, 192)

    assert decide(PLAN, [look(7, 170, 178)], sure).days == 6
    assert decide(PLAN, [look(7, 170, 178)], unsure).days == 20


@pytest.mark.parametrize("arms", [1, 2, 4])
def test_experiments_without_anybody_are_answered(arms: int) -> None:
    empty = look(28, *[0] * arms, n=0)

    running, over = decide(PLAN, [], replace(empty, day=0.0)), decide(PLAN, [empty], empty)

    assert (running.verdict, running.days) == ("keep going", 28)
    assert over.verdict == "stopped without an answer"
    assert all((each.low, each.high) == (-1, np.inf) for each in over.intervals)


def test_one_arm_is_never_a_winner() -> None:
    assert decide(PLAN, [look(7, 90)], look(9, 120)).verdict == "keep going"


def test_a_thousand_million_visitors_are_decided_at_once() -> None:
    taken = look(7, BIG * 50, BIG * 51, n=BIG * 1000)

    assert decide(PLAN, [taken], taken).arm == "offer"
