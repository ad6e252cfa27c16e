"""The integrals are those that a general routine finds, only for all customers at once."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.btyd.arrivals import arrivals
from regulars_models.btyd.mbg_nbd import MBG_NBD
from regulars_models.btyd.quadrature import beta_nodes
from regulars_models.btyd.remainder import remainder
from scipy import integrate, special

A_LITTLE = np.float64(1e-9)


@pytest.mark.parametrize("a", [0.05, 0.8, 1.0, 7.0, 1e4])
@pytest.mark.parametrize("b", [0.1, 2.0, 200.0])
def test_the_moments_of_a_beta_are_known(a: float, b: float) -> None:
    p, weights = beta_nodes(a, np.array([b]), np.ones(1))
    mean, square = (weights * p).sum(), (weights * p**2).sum()

    assert mean == pytest.approx(a / (a + b), rel=A_LITTLE)
    assert square == pytest.approx(mean * (a + 1) / (a + b + 1), rel=A_LITTLE)


@pytest.mark.parametrize("parameters", [(0.5, 6.2, 0.9, 1.6), (3.0, 20.0, 2.5, 0.4)])
@pytest.mark.parametrize(("x", "age"), [(0, 0.0), (2, 38.86), (40, 100.0)])
def test_expected_events_are_what_the_hypergeometric_formula_says(
    parameters: tuple[float, ...], x: int, age: float
) -> None:
    """Batislam et al. (2007), equation 10, away from where it fails."""
    r, alpha, a, b = parameters
    t, whole = 39.0, a + b + x
    z = t / (alpha + age + t)
    power = ((alpha + age) / (alpha + age + t)) ** (r + x)
    formula = whole / (a - 1) * (1 - power * special.hyp2f1(r + x, b + x + 1, whole, z))
    found = MBG_NBD.events_if_alive(np.array(parameters), np.array([float(x)]), np.array([age]), t)

    assert found[0] == pytest.approx(formula, rel=1e-7)


@pytest.mark.parametrize("a", [1 - 1e-12, 1.0, 1 + 1e-12])
def test_expected_events_have_no_hole_where_the_formula_has_one(a: float) -> None:
    x, age = np.array([3.0]), np.array([30.0])
    near = [
        MBG_NBD.events_if_alive(np.array([0.5, 6.0, each, 1.6]), x, age, 39.0)[0]
        for each in (a, 1.0001)
    ]

    assert near[0] == pytest.approx(near[1], rel=1e-4)


PARETO = [(0.55, 10.6, 0.61, 11.7), (0.55, 0.1, 0.61, 50.0), (2.0, 50.0, 3.0, 0.1)]


@pytest.mark.parametrize("parameters", PARETO)
@pytest.mark.parametrize(("x", "u"), [(0, 0.0), (1, 10.0), (30, 35.0), (200, 2.0)])
def test_the_remainder_of_pareto_nbd_is_its_integral(
    parameters: tuple[float, ...], x: int, u: float
) -> None:
    r, alpha, s, beta = parameters

    def slope(log_v: float) -> float:
        v = np.exp(log_v)
        fall = (r + x) * np.log1p(v / (alpha + u)) + (s + 1) * np.log1p(v / (beta + u))
        return float(np.exp(log_v - fall))

    whole, _ = integrate.quad(slope, -60, 90, points=np.linspace(-20, 20, 41), limit=500)
    log = np.log(s * whole) - (r + x) * np.log(alpha + u) - (s + 1) * np.log(beta + u)
    found = remainder(np.array(parameters), np.array([float(x)]), np.array([u]))

    assert found.log[0] == pytest.approx(log, abs=1e-8)


@pytest.mark.parametrize("k", [0.55, 3.0, 200.0])
@pytest.mark.parametrize("ratio", [0.05, 1.0, 20.0])
def test_waiting_times_turn_probabilities_back(k: float, ratio: float) -> None:
    s, place = 0.6, np.zeros(4, np.intp)
    table = arrivals(np.array([k]), s, np.array([ratio]))
    chance = table.below[0, -1] * np.array([0.001, 0.3, 0.9, 0.999])
    waits = table.by(chance, place)

    for wanted, wait in zip(chance, waits, strict=True):
        found, _ = integrate.quad(
            lambda t: k * (1 + t) ** (-k - 1) * (1 + ratio * t) ** -s,
            0,
            wait,
            points=np.minimum(np.geomspace(1e-3, 1e4, 15), wait),
            limit=500,
        )
        assert found == pytest.approx(wanted, rel=1e-6)
