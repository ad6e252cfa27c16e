"""The lift model: its identities, its closed forms, and the answers when nothing is known."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars_models.bayes_ab.effects import Effects, conversion
from regulars_models.bayes_ab.lift import posterior
from regulars_models.bayes_ab.ranking import ranked
from scipy.stats import norm

NAMES = ("control", "offer", "coffee", "letter", "call")
arms = st.lists(
    st.tuples(st.floats(-3, 3), st.one_of(st.floats(1e-9, 4), st.just(np.inf))),
    min_size=1,
    max_size=5,
)
taus = st.sampled_from([0.01, 0.05, 0.3, 1.0])
seen = settings(max_examples=60, deadline=None)


def made(drawn: list[tuple[float, float]]) -> Effects:
    y, v = (np.array(column) for column in zip(*drawn, strict=True))
    return Effects(NAMES[: len(drawn)], y, v)


@seen
@given(arms, taus, st.booleans())
def test_probabilities_add_up_and_losses_differ_as_the_means_do(
    drawn: list[tuple[float, float]],
    tau: float,
    smaller: bool,  # noqa: FBT001
) -> None:
    told = posterior(made(drawn), tau, smaller=smaller)

    assert told.p_best.sum() == pytest.approx(1, abs=1e-9)
    assert np.isfinite(told.expected_loss).all()
    sign = -1 if smaller else 1
    gaps = sign * (told.expected_loss - told.expected_loss[0])
    assert gaps == pytest.approx(told.mean[0] - told.mean, abs=1e-9 * max(1, told.mean.max()))


@seen
@given(arms, taus, st.randoms(use_true_random=False))
def test_relabelling_arms_relabels_results(
    drawn: list[tuple[float, float]], tau: float, chance: object
) -> None:
    order = list(range(len(drawn)))
    chance.shuffle(order)  # type: ignore[attr-defined]

    told, moved = posterior(made(drawn), tau), posterior(made([drawn[i] for i in order]), tau)

    assert moved.p_best == pytest.approx(told.p_best[order], abs=1e-9)
    assert moved.mean == pytest.approx(told.mean[order], rel=1e-9)
    assert moved.relative_loss == pytest.approx(told.relative_loss[order], abs=1e-9)


@seen
@given(st.floats(-2, 2), st.floats(1e-6, 3), st.floats(1e-6, 3), taus)
def test_two_arms_are_the_conjugate_normal_on_the_log_ratio(
    y: float, v: float, w: float, tau: float
) -> None:
    told = posterior(made([(0.0, v), (y, w)]), tau).lift(1)

    variance = 1 / (1 / (v + w) + 1 / tau**2)
    middle = variance * y / (v + w)
    assert told.positive == pytest.approx(norm.cdf(middle / variance**0.5), abs=1e-9)
    assert np.log1p(told.mean) == pytest.approx(middle, abs=1e-9)
    half = np.log1p([told.low, told.high])
    assert half == pytest.approx(middle + 1.959963984540054 * variance**0.5 * np.array([-1, 1]))


def test_three_arms_agree_with_draws() -> None:
    told = posterior(conversion(NAMES[:3], [50, 70, 65], [1000, 1000, 1000]), 0.2)
    chance = np.random.default_rng(5)

    theta = chance.multivariate_normal(told.centre, told.covariance, 400_000)

    best = np.bincount(theta.argmax(axis=1), minlength=3) / len(theta)
    value = np.exp(theta)
    assert told.p_best == pytest.approx(best, abs=0.004)
    assert told.mean == pytest.approx(value.mean(axis=0), rel=1e-3)
    lost = (value.max(axis=1)[:, None] - value).mean(axis=0)
    assert told.expected_loss == pytest.approx(lost, rel=0.02, abs=1e-5)


def test_simulated_truth_is_ranked_evenly_in_its_posterior() -> None:
    """Simulation-based calibration: 20,000 lifts from the prior, chi-square over 20 bins."""
    chance, tau, draws = np.random.default_rng(8), 0.1, 20_000
    truth = chance.normal(0, tau / 2**0.5, (draws, 3))
    v = np.array([0.004, 0.01, 0.02])
    y = truth + chance.normal(0, np.sqrt(v), truth.shape)
    told = posterior(Effects(NAMES[:3], y[0], v), tau)  # the covariance is the same for all
    weight = 1 / (v + tau**2 / 2)
    level = (y * weight).sum(axis=1, keepdims=True) / weight.sum()
    share = v / (v + tau**2 / 2)
    centre = (1 - share) * y + share * level
    assert centre[0] == pytest.approx(told.centre)
    sd = np.sqrt(told.covariance[0, 0] + told.covariance[2, 2] - 2 * told.covariance[0, 2])

    ranks = norm.cdf(((truth[:, 2] - truth[:, 0]) - (centre[:, 2] - centre[:, 0])) / sd)

    seen = np.histogram(ranks, 20, (0, 1))[0]
    assert ((seen - draws / 20) ** 2 / (draws / 20)).sum() < 43.8  # chi-square, 19: p = .001


def test_less_is_better_when_asked_for() -> None:
    pair = conversion(NAMES[:2], [10, 15], [100, 100])
    more, less = posterior(pair, 0.2), posterior(pair, 0.2, smaller=True)

    assert less.p_best == pytest.approx(more.p_best[::-1])
    assert less.expected_loss[1] > less.expected_loss[0]


def test_before_anybody_came_all_arms_are_alike() -> None:
    told = posterior(conversion(NAMES[:4], [0] * 4, [0] * 4), 0.05)

    assert not told.informed
    assert told.p_best == pytest.approx([0.25] * 4)
    assert told.lift(2).mean == 0
    assert told.lift(2).high == pytest.approx(np.expm1(1.959963984540054 * 0.05))
    assert told.mean.tolist() == told.expected_loss.tolist() == [0] * 4
    assert told.interval(0) == (0.0, 0.0)


def test_an_empty_arm_is_thought_to_be_like_the_others() -> None:
    told = posterior(conversion(NAMES[:2], [50, 0], [1000, 0]), 0.05)

    assert told.p_beats(1) == pytest.approx(0.5)
    assert told.mean == pytest.approx([0.05, 0.05], rel=0.03)


def test_a_lone_arm_is_the_best() -> None:
    told = posterior(conversion(("only",), [5], [100]), 0.05)

    assert told.p_best.tolist() == [1.0]
    assert told.expected_loss == pytest.approx([0.0], abs=1e-12)


def test_a_thousand_million_visitors_leave_no_doubt() -> None:
    n = 1_000_000_000
    told = posterior(conversion(NAMES[:3], [n // 20, n // 20 + 100_000, n // 21], [n] * 3), 0.05)

    assert told.p_best[1] == pytest.approx(1, abs=1e-12)
    assert told.mean == pytest.approx([0.05, 0.0501, 1 / 21], rel=1e-6)
    assert told.relative_loss[0] == pytest.approx(0.0001 / 0.05, rel=1e-3)


@pytest.mark.parametrize("tau", [0.0, -1.0, np.inf, np.nan])
def test_a_prior_without_width_is_refused(tau: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        posterior(conversion(NAMES[:2], [1, 2], [9, 9]), tau)


def test_lifts_of_sixteen_arms_do_not_wait_for_their_ranking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    effects = conversion([str(i) for i in range(16)], [50] * 16, [1000] * 16)
    ranking = Mock(wraps=ranked)
    monkeypatch.setattr("regulars_models.bayes_ab.lift.ranked", ranking)
    told = posterior(effects, 0.05)
    lifts = [told.lift(arm) for arm in range(1, 16)]
    assert len(lifts) == 15
    ranking.assert_not_called()
    assert told.p_best == pytest.approx([1 / 16] * 16)
    ranking.assert_called_once()
