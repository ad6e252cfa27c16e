"""A bandit gives more to what brings more, never nothing to anything, and isn't hasty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from regulars.hooks import DAY, Goal, GoalKind, Happened, Outcome
from regulars_models.bayes_ab.bandits.allocations import ALLOCATIONS, BanditSettings
from regulars_models.bayes_ab.bandits.bandit import allocate, p_best, thompson, top_two
from regulars_models.bayes_ab.bandits.delays import matured
from regulars_models.bayes_ab.measures import per_unit

from tests.models.bayes_ab.planted import converted, converting, happened, nothing, trial

if TYPE_CHECKING:
    from regulars.hooks import Trial

KINDS: tuple[GoalKind, ...] = get_args(GoalKind)


def golden() -> Trial:
    """10 of 100 and 15 of 100, of the exact Bayesian table."""
    arms = np.repeat([0, 1], 100)
    who = np.concatenate([np.arange(100) < 10, np.arange(100) < 15])
    return converted(arms.tolist(), who.tolist())


def spent(amounts: dict[int, float], kind: GoalKind, better: str = "more") -> Trial:
    """200 units in each arm, half of which have an event of about the arm's amount."""
    arms = np.repeat(list(amounts), 200)
    unit = np.arange(0, len(arms), 2)
    wobble = 1 + 0.2 * np.sin(np.arange(len(unit)))
    money = np.array(list(amounts.values()))[arms[unit]] * wobble
    at = np.full(len(unit), DAY)
    if kind in {"count", "time"}:  # they come sooner, and so more often, where it is more
        at = (7 * DAY / money).astype(np.int64)
    order = np.argsort(at, kind="stable")
    what = Happened(unit[order], at[order], money[order])
    names = tuple("abc"[: len(amounts)])
    return trial(arms.tolist(), [0.0] * len(arms), what, kind, names=names, better=better)


def test_thompson_is_the_exact_probability_to_be_the_best() -> None:
    experiment = golden()
    best = p_best(experiment, experiment.outcomes[0])
    assert best[1] == pytest.approx(0.853283789933966, abs=1e-9)
    assert allocate(thompson, 0.0, experiment) == pytest.approx(best, abs=1e-5)


def test_the_floor_is_given_to_every_arm() -> None:
    random = np.random.default_rng(1)
    experiment = converting(random, (0.02, 0.2, 0.05), 2000, names=("a", "b", "c"))
    for policy in (thompson, top_two):
        shares = allocate(policy, 0.05, experiment)
        assert min(shares) >= 0.05 - 1e-12
        assert sum(shares) == pytest.approx(1)
    assert allocate(thompson, 0.05, experiment)[1] == pytest.approx(0.9, abs=1e-6)


def test_top_two_gives_half_to_the_rivals() -> None:
    """Against the two draws that Russo 2020 describes, done by hand."""
    best = np.array([0.7, 0.2, 0.1])
    by_hand = [
        0.5 * best[k] + 0.5 * sum(best[j] * best[k] / (1 - best[j]) for j in range(3) if j != k)
        for k in range(3)
    ]
    assert top_two(best) == pytest.approx(by_hand)
    assert top_two(np.array([1.0, 0.0, 0.0])) == pytest.approx([0.5, 0.25, 0.25])
    assert top_two(np.array([0.9, 0.1])) == pytest.approx([0.5, 0.5])
    assert top_two(np.array([1.0, 7e-15])) == pytest.approx([0.5, 0.5])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda p: sum(p) > 0.01))
def test_top_two_adds_up_to_one_and_keeps_the_order(weights: list[float]) -> None:
    best = np.array(weights) / sum(weights)
    shares = top_two(best)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    assert shares[best.argmax()] >= shares.max() - 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_with_no_data_all_arms_are_given_alike(kind: GoalKind) -> None:
    for arms in ([], [0, 1, 2] * 10):
        names = ("a", "b", "c")
        experiment = trial(arms, [0.0] * len(arms), nothing(), kind, names=names)
        assert allocate(thompson, 0.05, experiment) == pytest.approx([1 / 3] * 3, abs=1e-6)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"conversion", "count"}])
def test_every_kind_of_goal_can_be_better_by_more_or_by_less(kind: GoalKind) -> None:
    """For ``time``, larger amounts come sooner: that is less of it."""
    most = 0 if kind == "time" else 2
    shares = allocate(thompson, 0.0, spent({0: 5, 1: 7, 2: 10}, kind))
    inverted = allocate(thompson, 0.0, spent({0: 5, 1: 7, 2: 10}, kind, "less"))
    assert np.argmax(shares) == most
    assert np.argmax(inverted) == 2 - most


def test_an_inverted_goal_is_the_same_as_swapped_arms() -> None:
    random = np.random.default_rng(2)
    experiment = converting(random, (0.10, 0.12), 400)
    inverted = converted(
        experiment.units.arm.tolist(),
        np.isin(np.arange(800), experiment.outcomes[0].happened.unit).tolist(),
        better="less",
    )
    first, second = allocate(thompson, 0.05, experiment), allocate(thompson, 0.05, inverted)
    assert second == pytest.approx(first[::-1])


@pytest.mark.parametrize("kind", KINDS)
def test_an_arm_that_nobody_has_and_one_in_which_nothing_happens_get_a_share(
    kind: GoalKind,
) -> None:
    arms = [0] * 30 + [1] * 30
    what = happened(*[(unit, 1 + unit / 100, 5 + unit % 3) for unit in range(20)])
    for names in (("a", "b"), ("a", "b", "c")):
        shares = allocate(thompson, 0.05, trial(arms, [0.0] * 60, what, kind, names=names))
        assert np.isfinite(shares).all()
        assert min(shares) >= 0.05 - 1e-12
        assert sum(shares) == pytest.approx(1)


def test_one_arm_is_given_to_everybody() -> None:
    experiment = trial([0] * 5, [0.0] * 5, nothing(), names=("only",))
    assert allocate(top_two, 0.05, experiment) == pytest.approx([1])


def test_money_that_is_all_given_back_is_no_reason_to_prefer_an_arm() -> None:
    what = happened((0, 1, -5), (1, 1, -7))
    experiment = trial([0, 1, 1], [0.0] * 3, what, "revenue")
    assert allocate(thompson, 0.05, experiment) == pytest.approx([0.5, 0.5])


def test_a_floor_above_an_equal_share_does_not_fit() -> None:
    for kind in ALLOCATIONS:
        assert kind.misfit(BanditSettings.model_validate({"floor": "25%"}), 4) is None
        told = kind.misfit(BanditSettings.model_validate({"floor": "60%"}), 2)
        assert told == "2 arms can't have 60% each; a floor is at most an equal share"


def test_a_floor_is_written_as_a_percentage() -> None:
    assert BanditSettings.model_validate({"floor": "12.5%"}).floor.share == 0.125
    assert BanditSettings().floor.share == 0.05


@pytest.mark.parametrize("written", ["five", "101%", "-1%", 7, 0.1, None])
def test_another_floor_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError, match=r"is not a percentage|100% is the most"):
        BanditSettings(floor=written)


def test_both_are_on_offer_with_their_settings() -> None:
    experiment = golden()
    assert [kind.name for kind in ALLOCATIONS] == ["thompson", "top-two"]
    for kind in ALLOCATIONS:
        shares = kind.allocate(kind.config.model_validate({"floor": "10%"}), experiment)
        assert sum(shares) == pytest.approx(1)
        assert min(shares) >= 0.1 - 1e-12


def young_and_old(seed: int) -> Trial:
    """Equal arms; most of the second were exposed just now, and it takes days to convert."""
    random = np.random.default_rng(seed)
    arms = np.repeat([0, 1], 3000)
    exposed = np.where(arms == 0, random.uniform(0, 13, 6000), random.uniform(9, 13, 6000))
    at = exposed + np.minimum(random.exponential(2, 6000), 6.9)
    who = (random.random(6000) < 0.2) & (at <= 13)
    events = [(int(unit), float(at[unit]), 1.0) for unit in np.flatnonzero(who)]
    return trial(arms.tolist(), exposed.tolist(), happened(*events), now=13)


def test_a_young_arm_is_not_punished_for_what_had_no_time_to_come() -> None:
    first = [p_best(each, each.outcomes[0])[1] for each in map(young_and_old, range(12))]
    assert 0.2 < np.mean(first) < 0.8
    young = young_and_old(0)
    hasty = Outcome(Goal("g", "conversion", 1), young.outcomes[0].happened)  # all windows closed
    assert p_best(young, hasty)[1] == pytest.approx(0.5, abs=0.01)  # and nothing counts
    seen = per_unit(young, young.outcomes[0])
    naive = [seen.top[seen.arm == arm].mean() for arm in (0, 1)]
    assert naive[1] < 0.8 * naive[0]


def test_delays_are_found_though_the_long_ones_are_not_seen_yet() -> None:
    young = young_and_old(1)
    seen = per_unit(young, young.outcomes[0])
    found = matured(young, young.outcomes[0], seen, first=True)
    waited = seen.seen * 7
    truth = np.where(waited >= 6.9, 1, -np.expm1(-waited / 2))
    assert np.abs(found - truth).mean() < 0.06
    assert found[seen.seen >= 1] == pytest.approx(1)


def test_before_anything_came_time_passes_evenly() -> None:
    experiment = trial([0, 1, 1], [0.0, 3.5, 7.0], nothing(), now=7)
    seen = per_unit(experiment, experiment.outcomes[0])
    share = matured(experiment, experiment.outcomes[0], seen, first=True)
    assert share == pytest.approx([1, 0.5, 0], abs=1e-9)
