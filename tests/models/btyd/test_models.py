"""Every model of events: what is known of CDNOW, what holds for all, and the edges."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from regulars_models.btyd.catalogue import MODELS
from regulars_models.btyd.compression import compress, history
from regulars_models.btyd.model import expected_events, fit

from tests.models.btyd.cdnow import cdnow

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regulars_models.btyd.fitting import Estimate

    Floats = NDArray[np.float64]

KNOWN = {
    "nbd": (-9763.6602, [0.384768, 12.072085]),
    "bg-nbd": (-9582.4256, [0.242593, 4.413532, 0.792886, 2.425754]),
    "mbg-nbd": (-9582.1327, [0.524838, 6.182992, 0.891356, 1.613999]),
    "pareto-nbd": (-9594.9739, [0.553276, 10.577613, 0.606214, 11.667916]),
}
ONE = history([2], [30.43], [38.86])  # the customer everybody prints
NAMES = list(MODELS)
LEAVING = NAMES[1:]
LIKELY: dict[int, list[tuple[float, ...]]] = {  # parameters of many a shop, and some far from any
    2: [(0.4, 12.0), (1e-4, 1e-4), (1e5, 1e5), (50.0, 0.01), (0.01, 1e4)],
    4: [
        (0.4, 8.0, 0.8, 2.0),
        (0.4, 8.0, 1.0, 10.0),
        (3.0, 1.0, 1e-4, 1e5),
        (1e-4, 1e-4, 1e-4, 1e-4),
        (1e5, 1e5, 1e5, 1e5),
        (1e-4, 1e5, 1e5, 1e-4),
        (50.0, 0.01, 30.0, 0.01),
        (0.01, 1e4, 0.01, 1e4),
    ],
}


@cache
def of_cdnow(name: str) -> Estimate:
    return fit(MODELS[name], cdnow().rows)


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_cdnow_as_everybody_does(name: str) -> None:
    log_likelihood, parameters = KNOWN[name]
    found = of_cdnow(name)

    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    assert found.parameters == pytest.approx(parameters, abs=1e-5)
    assert (found.customers, found.words) == (2357, ())


@pytest.mark.parametrize(
    ("name", "events", "alive", "total"),
    [
        ("bg-nbd", 1.225910, 0.726609, 1653.4),
        ("mbg-nbd", 1.262671, 0.706126, 1576.7),
        ("pareto-nbd", 1.455113, 0.869119, 1665.5),
    ],
)
def test_it_predicts_cdnow_as_everybody_does(
    name: str, events: float, alive: float, total: float
) -> None:
    model, parameters = MODELS[name], of_cdnow(name).parameters

    assert expected_events(model, parameters, ONE, 39)[0] == pytest.approx(events, abs=5e-7)
    assert model.alive(parameters, ONE)[0] == pytest.approx(alive, abs=1e-6)
    everybody = expected_events(model, parameters, cdnow().summary.history, 39)
    assert everybody.sum() == pytest.approx(total, abs=0.05)


def test_who_came_once_is_certainly_alive_by_bg_nbd_alone() -> None:
    once = cdnow().summary.repeats == 0
    mean = {
        name: MODELS[name].alive(of_cdnow(name).parameters, cdnow().summary.history)
        for name in LEAVING
    }

    assert (mean["bg-nbd"][once] == 1).all()
    assert mean["bg-nbd"].mean() == pytest.approx(0.81, abs=0.005)
    assert mean["mbg-nbd"][once].max() < 1
    assert mean["mbg-nbd"].mean() == pytest.approx(0.45, abs=0.005)
    assert mean["pareto-nbd"][once].max() < 1


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_that_of_the_likelihood(name: str) -> None:
    model, rows = MODELS[name], cdnow().rows
    parameters = of_cdnow(name).parameters * 1.3
    _, gradient = model.log_likelihood(rows, parameters)

    for place, step in enumerate(np.diag(parameters * 1e-5)):
        up, down = (model.log_likelihood(rows, parameters + move)[0] for move in (step, -step))
        assert gradient[place] == pytest.approx((up - down) / (2 * step[place]), rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_at_the_estimate_nothing_pulls(name: str) -> None:
    parameters = of_cdnow(name).parameters
    _, gradient = MODELS[name].log_likelihood(cdnow().rows, parameters)

    assert np.abs(gradient * parameters).max() < 1e-5


@pytest.mark.parametrize("name", NAMES)
def test_the_same_customers_give_the_same_estimate_in_any_order(name: str) -> None:
    known = cdnow().summary.history
    turned = history(known.repeats[::-1], known.recency[::-1], known.age[::-1])
    again = fit(MODELS[name], compress(turned))

    assert again.parameters.tolist() == of_cdnow(name).parameters.tolist()
    assert again.log_likelihood == of_cdnow(name).log_likelihood


@pytest.mark.parametrize("name", NAMES)
def test_four_times_the_customers_halve_the_standard_errors(name: str) -> None:
    known = cdnow().summary.history
    four = history(*(np.tile(each, 4) for each in (known.repeats, known.recency, known.age)))
    found = fit(MODELS[name], compress(four))

    assert found.parameters == pytest.approx(of_cdnow(name).parameters, rel=1e-5)
    assert found.standard_errors == pytest.approx(of_cdnow(name).standard_errors / 2, rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_a_fit_finds_what_was_planted(name: str) -> None:
    """Within four standard errors, from a drawn population of the model itself."""
    planted = np.array([0.8, 6.0, 0.9, 3.0][: len(MODELS[name].names)])
    found = fit(MODELS[name], compress(history(*drawn(name, planted, 6_000))))
    errors = found.standard_errors

    assert (np.abs(found.parameters - planted) < 4 * errors).all()
    assert (errors < planted).all()


def drawn(name: str, planted: Floats, customers: int) -> tuple[Floats, Floats, Floats]:
    """x, t_x and T of customers who live and buy by the model."""
    chance = np.random.default_rng(7)
    rate = chance.gamma(planted[0], 1 / planted[1], customers)
    leave = (
        chance.beta(planted[2], planted[3], customers) if len(planted) > 2 else np.zeros(customers)
    )
    lifetime = np.full(customers, np.inf)
    if name == "pareto-nbd":
        lifetime = chance.exponential(1 / chance.gamma(planted[2], 1 / planted[3], customers))
        leave = np.zeros(customers)
    age = chance.integers(26 * 7, 60 * 7, customers) / 7
    time, x, last = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    there = chance.random(customers) >= (leave if name == "mbg-nbd" else 0.0)
    for _ in range(2_000):
        time = time + chance.exponential(1 / rate)
        there &= (time < age) & (time < lifetime)
        if not there.any():
            break
        x, last = x + there, np.where(there, time, last)
        there &= chance.random(customers) >= leave
    return x, last, age


EDGES = history(
    [0, 0, 0, 200, 200, 200, 200, 1, 1, 5, 3],
    [0, 0, 0, 0, 0.14, 500, 1000, 0, 39, 1e-6, 2],
    [0, 39, 1000, 0, 1000, 1000, 1000, 0, 39, 1000, 2],
)


@pytest.mark.parametrize("name", NAMES)
def test_at_the_edges_all_scores_are_numbers(name: str) -> None:
    model = MODELS[name]
    for parameters in map(np.array, LIKELY[len(model.names)]):
        value, gradient = model.log_likelihood(compress(EDGES), parameters)
        assert np.isfinite([value, *gradient]).all(), parameters
        alive = model.alive(parameters, EDGES)
        assert ((alive >= 0) & (alive <= 1)).all(), parameters
        for horizon in (0.0, 0.14, 39.0, 5_000.0):
            events = expected_events(model, parameters, EDGES, horizon)
            assert (np.isfinite(events) & (events >= 0)).all(), (parameters, horizon)
        wait = model.next_event_by(parameters, EDGES, 0.5)
        assert (wait[alive < 0.5] == np.inf).all()
        assert (wait >= 0).all()


SAME: dict[str, tuple[list[float], list[float], list[float]]] = {
    "everybody alike": ([3] * 50, [20.0] * 50, [30.0] * 50),
    "nobody came back": ([0] * 50, [0.0] * 50, [float(age) for age in range(50)]),
    "all came today": ([0] * 50, [0.0] * 50, [0.0] * 50),
    "one customer": ([4], [10.0], [12.0]),
    "one customer, today": ([0], [0.0], [0.0]),
    "very many events": ([200, 180, 0, 1], [100.0, 99.0, 0.0, 3.0], [100.0] * 4),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", SAME)
def test_few_or_equal_customers_give_numbers_and_words(name: str, case: str) -> None:
    known = history(*SAME[case])
    found = fit(MODELS[name], compress(known))

    assert np.isfinite([found.log_likelihood, *found.parameters]).all()
    assert np.isfinite(expected_events(MODELS[name], found.parameters, known, 39)).all()
    errors = found.standard_errors
    assert (np.isnan(errors) | (errors > 0)).all()
    assert found.words or not np.isnan(errors).any()


def test_a_parameter_at_the_edge_is_told() -> None:
    found = fit(MODELS["nbd"], compress(history(*SAME["everybody alike"])))

    assert found.words == (
        "alpha is at the edge of what was tried (100000): the data don't tell it.",
    )
    assert np.isnan(found.standard_errors[1])


@pytest.mark.parametrize("name", NAMES)
def test_where_nobody_came_back_no_standard_error_is_made_up(name: str) -> None:
    found = fit(MODELS[name], compress(history(*SAME["nobody came back"])))

    assert np.isnan(found.standard_errors).all()
    assert "data don't tell" in found.words[0]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_to_learn_from_is_said(name: str) -> None:
    with pytest.raises(ValueError, match="no customer"):
        fit(MODELS[name], compress(history([], [], [])))


@pytest.mark.parametrize("name", NAMES)
def test_no_customers_have_no_scores(name: str) -> None:
    model, parameters, nobody = MODELS[name], of_cdnow(name).parameters, history([], [], [])

    assert len(model.alive(parameters, nobody)) == 0
    assert len(expected_events(model, parameters, nobody, 39)) == 0
    assert len(model.next_event_by(parameters, nobody, 0.5)) == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_score_is_the_customers_own_whoever_else_is_there(name: str) -> None:
    model, parameters, known = MODELS[name], of_cdnow(name).parameters, cdnow().summary.history
    some = slice(100, 140)
    few = history(known.repeats[some], known.recency[some], known.age[some])

    for score in (
        model.alive,
        lambda p, who: expected_events(model, p, who, 39),
        lambda p, who: model.next_event_by(p, who, 0.4),
    ):
        assert score(parameters, known)[some] == pytest.approx(score(parameters, few), rel=1e-8)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9])
def test_the_next_event_comes_in_time_as_often_as_promised(name: str, chance: float) -> None:
    """By drawing the future of customers from what is believed of them."""
    model, parameters = MODELS[name], of_cdnow(name).parameters
    known = history([3, 8], [37.0, 38.0], [38.86, 38.86])
    promised = model.next_event_by(parameters, known, chance)
    draws = np.random.default_rng(11)
    for place in range(2):
        alive = draws.random(200_000) < model.alive(parameters, known)[place]
        shape, exposure = parameters[0] + known.repeats[place], parameters[1] + known.age[place]
        wait = draws.exponential(1 / draws.gamma(shape, 1 / exposure, 200_000))
        if name == "pareto-nbd":
            s, beta = parameters[2], parameters[3] + known.age[place]
            alive &= wait < draws.exponential(1 / draws.gamma(s, 1 / beta, 200_000))
        share = (alive & (wait <= promised[place])).mean()
        possible = alive.mean()
        assert share == pytest.approx(min(chance, possible), abs=0.005)


@pytest.mark.parametrize("chance", [0.0, 1.0, -1.0, float("nan")])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        MODELS["mbg-nbd"].next_event_by(of_cdnow("mbg-nbd").parameters, ONE, chance)
