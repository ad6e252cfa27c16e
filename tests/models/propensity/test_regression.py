from __future__ import annotations

import numpy as np
from regulars_models.logistic import log_loss
from regulars_models.propensity.regression import regress
from regulars_models.soon.encoding import Encoding
from regulars_models.soon.past import folds

from .planted import area, planted


def test_noise_is_shrunk_away_and_foresees_nobody() -> None:
    areas = []
    for seed in range(10):
        past, _ = planted(400, seed, signal=0.0)
        fold = folds(past.customer, past.came, seed)
        found = regress(Encoding.of(past.values).features(past.values), past, fold)
        areas.append(area(found.foreseen, past.came))
        assert np.abs(found.fitted.coefficients[1:]).max() < 0.25
    assert 0.45 < np.mean(areas) < 0.52


def test_planted_signals_are_found_on_customers_that_it_has_not_seen() -> None:
    past, true = planted(1500, 1)
    encoding = Encoding.of(past.values)
    fold = folds(past.customer, past.came, 1)
    found = regress(encoding.features(past.values), past, fold)
    new, chance = planted(3000, 2)
    weights = found.fitted.coefficients
    odds = encoding.features(new.values) @ weights[1:] + weights[0]
    assert area(odds, new.came) > area(chance, new.came) - 0.01
    assert log_loss(odds, new.came) < log_loss(np.log(chance / (1 - chance)), new.came) + 0.01
    assert abs(weights[3]) < 3 * found.errors[3], "noise"
    assert area(found.foreseen, past.came) > area(true, past.came) - 0.02


def test_errors_are_as_large_as_the_coefficients_vary() -> None:
    found = []
    reference = Encoding.of(planted(3000, 99)[0].values)
    for seed in range(60):
        past, _ = planted(300, seed)
        fold = folds(past.customer, past.came, seed)
        found.append(regress(reference.features(past.values), past, fold))
    vary = np.std([each.fitted.coefficients for each in found], axis=0)
    said = np.mean([each.errors for each in found], axis=0)
    assert (np.abs(np.log(said / vary)) < 0.35).all()
