"""Who gains from an arm is found where somebody does, and nowhere else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars.errors import RegularsError
from regulars.hooks import Happened
from regulars_models.bayes_ab.qini import qini
from regulars_models.bayes_ab.uplift import Evidence, Uplift, uplift

from tests.models.bayes_ab.planted import DAY, nothing, trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from regulars.hooks import GoalKind, Trial

TRAITS = ("visits", "spend")


def planted(  # noqa: PLR0913
    seed: int,
    effect: Callable[[np.ndarray[tuple[int], np.dtype[np.float64]]], object],
    n: int = 2000,
    kind: GoalKind = "conversion",
    better: str = "more",
    *,
    unknown: float = 0.1,
) -> Trial:
    """The arm adds ``effect`` of visits to a rate of 10 to 15 %."""
    random = np.random.default_rng(seed)
    arms, visits, spend = random.integers(0, 2, n), random.random(n), random.normal(size=n)
    rate = 0.1 + 0.05 * (spend > 0) + arms * np.asarray(effect(visits))
    unit = np.flatnonzero(random.random(n) < rate)
    spend[random.random(n) < unknown] = np.nan
    what = Happened(unit, np.full(len(unit), DAY), 20 + 5 * random.random(len(unit)))
    traits = {"visits": visits, "spend": spend}
    return trial(arms.tolist(), [0.0] * n, what, kind, traits=traits, better=better)


def some(visits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> object:
    return 0.3 * (visits > 0.5)


def found(experiment: Trial) -> Uplift:
    answer = uplift(experiment, experiment.outcomes[0], TRAITS)
    assert isinstance(answer, Uplift)
    return answer


@pytest.mark.parametrize("kind", ["conversion", "count", "revenue"])
def test_a_planted_difference_is_found(kind: GoalKind) -> None:
    experiment = planted(1, some, kind=kind)
    answer = found(experiment)
    curve = qini(answer.evidence)
    assert curve.found
    assert curve.chance < 1e-3
    gainers = experiment.units.traits["visits"][answer.row] > 0.5
    assert answer.score[gainers].mean() > 5 * abs(answer.score[~gainers].mean())


def test_without_any_difference_it_is_found_no_more_often_than_promised() -> None:
    """2.5 % are above the band: 3 of 16 experiments are a chance in 140."""
    finds = [
        qini(found(planted(seed, effect, 500)).evidence).found
        for seed in range(8)
        for effect in (lambda v: 0 * v, lambda v: 0.1 + 0 * v)
    ]
    assert sum(finds) <= 2


def test_equal_data_give_equal_scores() -> None:
    first, second = found(planted(3, some, 500)), found(planted(3, some, 500))
    assert first.score.tolist() == second.score.tolist()
    assert first.evidence.rank.tolist() == second.evidence.rank.tolist()


def test_the_scorer_scores_anybody_later_also_with_unknown_traits() -> None:
    scorer = found(planted(4, some)).scorer
    low, high, unknown = scorer.score(
        {"visits": np.array([0.2, 0.8, np.nan]), "spend": np.array([0.0, 0.0, np.nan])}
    )
    assert high - low == pytest.approx(0.3, abs=0.12)
    assert np.isfinite(unknown)
    assert scorer.score({"visits": np.empty(0), "spend": np.empty(0)}).tolist() == []


def test_where_less_is_better_those_with_the_largest_fall_come_first() -> None:
    experiment = planted(5, lambda v: -0.1 * (v > 0.5), 6000, better="less")
    answer = found(experiment)
    curve = qini(answer.evidence)
    assert curve.curve[-1] > 0
    first = answer.evidence.row[answer.evidence.rank < 0.3]
    assert (experiment.units.traits["visits"][first] > 0.5).mean() > 0.6


def test_the_gains_add_up_to_the_effect() -> None:
    experiment = planted(6, lambda v: 0.1 + 0 * v, 6000)
    total = qini(found(experiment).evidence).curve[-1]
    assert total == pytest.approx(0.1, abs=0.03)


def test_the_band_is_that_of_random_orders() -> None:
    random = np.random.default_rng(8)
    gain = random.normal(0.1, 1, 400)
    row = np.arange(400)
    drawn = [qini(Evidence(row, random.permutation(400) / 400, gain)) for _ in range(2000)]
    outside = np.mean([abs(each.coefficient) > each.band for each in drawn])
    assert outside == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2000))
    middle = np.mean([(each.low < each.curve) & (each.curve < each.high) for each in drawn], axis=0)
    assert middle[10] == pytest.approx(0.95, abs=0.02)


def test_the_best_order_has_the_largest_coefficient_and_the_worst_its_opposite() -> None:
    gain = np.array([3.0, 1.0, 0.0, -2.0])
    rank = np.array([0.1, 0.3, 0.6, 0.9])
    best, worst = (qini(Evidence(np.arange(4), each, gain)) for each in (rank, -rank))
    assert best.coefficient == pytest.approx(-worst.coefficient)
    assert best.coefficient == pytest.approx((3 * 0.375 + 1 * 0.125 + 2 * 0.375) / 4)
    assert best.curve[-1] == worst.curve[-1] == pytest.approx(0.5)


def test_too_few_nothing_happening_and_other_goals_are_told_in_words() -> None:
    few = planted(9, some, 100)
    assert "Uplift needs 100 units in each arm" in str(uplift(few, few.outcomes[0], TRAITS))
    arms, traits = [0, 1] * 200, {"visits": np.arange(400.0)}
    still = trial(arms, [0.0] * 400, nothing(), traits=traits)
    assert "nothing to learn from" in str(uplift(still, still.outcomes[0], ["visits"]))
    late = planted(9, some, 500, kind="time")
    assert "can't be told for a time" in str(uplift(late, late.outcomes[0], TRAITS))
    one = trial([0] * 5, [0.0] * 5, nothing(), names=("only",))
    assert "only one arm" in str(uplift(one, one.outcomes[0], TRAITS))
    assert "needs traits" in str(uplift(late, late.outcomes[0], []))


def test_an_arm_in_which_nobody_converts_is_scored() -> None:
    experiment = planted(10, lambda v: 0 * v, 600)
    happens = experiment.outcomes[0].happened
    kept = experiment.units.arm[happens.unit] == 1
    what = Happened(happens.unit[kept], happens.at[kept], happens.amount[kept])
    units = experiment.units
    silent = trial(units.arm.tolist(), [0.0] * 600, what, traits=units.traits)
    assert np.isfinite(found(silent).score).all()
    assert found(silent).score.mean() > 0.05


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = planted(11, some, 500)
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    with pytest.raises(RegularsError, match=r"run pip install 'regulars\[ml\]'"):
        uplift(experiment, experiment.outcomes[0], TRAITS)
