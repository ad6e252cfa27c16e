from __future__ import annotations

import numpy as np
import pytest
from regulars_models.expert.blending import blend, weight
from scipy.special import expit, logit

SAID = np.array([logit(0.1), np.log(2)])


def rows(people: int) -> tuple[np.ndarray, np.ndarray]:
    """Half of them hold the rule; 5 % of these come, and 20 % of the others."""
    half = people // 2
    features = np.column_stack([np.ones(people), np.arange(people) < half])
    came = np.zeros(people)
    came[: half // 20] = 1
    came[half : half + half // 5] = 1
    return features, came


def test_without_data_it_is_the_rules_word() -> None:
    found = blend(np.empty((0, 2)), np.empty(0), SAID, 200)
    assert found.coefficients.tolist() == SAID.tolist()


def test_of_a_table_it_is_the_mean_weighted_by_customers() -> None:
    features, came = rows(400)
    found = expit(np.array([[1, 0], [1, 1]]) @ blend(features, came, SAID, 200).coefficients)
    rule = expit(SAID.sum())
    assert found == pytest.approx(
        [(200 * 0.2 + 100 * 0.1) / 300, (200 * 0.05 + 100 * rule) / 300], rel=1e-4
    )


def test_data_takes_over_as_it_comes() -> None:
    truth = np.array([logit(0.2), logit(0.05) - logit(0.2)])
    away = [
        np.abs(blend(*rows(n), SAID, 200).coefficients - truth).max() for n in (40, 400, 40_000)
    ]
    assert away[0] > away[1] > away[2]
    assert away[2] < 0.02
    assert [weight(n, 200) for n in (0, 200)] == [1, 0.5]
    assert weight(10**6, 200) < 0.001


def test_a_rule_that_never_held_stands_as_it_was_written() -> None:
    features, came = rows(400)
    with_rule = np.column_stack([features, np.zeros(400)])
    found = blend(with_rule, came, np.append(SAID, np.log(3)), 200)
    assert found.coefficients[2] == np.log(3)


@pytest.mark.parametrize("came", [0.0, 1.0])
def test_where_all_do_the_same_it_stays_finite(came: float) -> None:
    features, _ = rows(400)
    found = blend(features, np.full(400, came), SAID, 1.0)
    assert np.isfinite(found.coefficients).all()
    assert np.isfinite(found.errors).all()
