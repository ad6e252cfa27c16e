from __future__ import annotations

import json

import numpy as np
import pytest
from regulars_models.logistic import log_loss
from regulars_models.propensity.calibrating import Calibration
from scipy.special import expit


def bent(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds that are too bold above 0, and who came."""
    random = np.random.default_rng(seed)
    said = random.normal(scale=2, size=rows)
    true = np.where(said > 0, said / 3, said)
    return said, (random.random(rows) < expit(true)).astype(float)


def test_with_many_it_bends_where_the_truth_does() -> None:
    said, came = bent(20_000, 1)
    found = Calibration.of(said, came)
    assert len(found.said) > 5
    assert found.odds(np.array([3.0, -3.0])) == pytest.approx([1, -3], abs=0.3)
    new, then = bent(20_000, 2)
    straight = Calibration.of(said[:1000], came[:1000])
    assert log_loss(found.odds(new), then) < log_loss(straight.odds(new), then)


def test_with_few_it_is_a_straight_line() -> None:
    said, came = bent(1000, 3)
    found = Calibration.of(said, came)
    assert found.said.tolist() == [0]
    assert 0.3 < found.slope < 1


def test_it_only_rises_and_tells_the_highest_apart() -> None:
    said, came = bent(20_000, 4)
    odds = Calibration.of(said, came).odds(np.linspace(-20, 20, 500))
    assert (np.diff(odds) >= 0).all()
    assert odds[-1] > odds[-2]


def test_equal_log_odds_are_one_step() -> None:
    random = np.random.default_rng(5)
    said = np.repeat([-1.0, 1.0], 5000)
    came = (random.random(10_000) < np.repeat([0.2, 0.6], 5000)).astype(float)
    found = Calibration.of(said, came)
    assert expit(found.odds(np.array([-1.0, 1.0]))) == pytest.approx([0.2, 0.6], abs=0.02)


def test_it_is_the_same_after_it_was_kept() -> None:
    said, came = bent(20_000, 6)
    found = Calibration.of(said, came)
    kept = Calibration.from_parameters(json.loads(json.dumps(found.parameters())))
    assert (kept.odds(said) == found.odds(said)).all()
