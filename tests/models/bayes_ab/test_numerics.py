"""What integrals are made of is exact where it can be."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.bayes_ab.numerics import bisected, legendre, product_of_others


def test_nodes_integrate_polynomials_exactly() -> None:
    nodes, weights = legendre(5)
    assert weights @ nodes**8 == pytest.approx(2 / 9, abs=1e-15)


def test_a_zero_leaves_its_own_product_alone() -> None:
    rows = np.array([[2.0, 0.0], [3.0, 5.0], [7.0, 0.0]])
    assert product_of_others(rows).tolist() == [[21, 0], [14, 0], [6, 0]]
    assert product_of_others(rows[:1]).tolist() == [[1, 1]]


def test_each_element_is_bisected_by_itself() -> None:
    squares = np.array([2.0, 9.0])
    found = bisected(lambda x: x**2 < squares, np.zeros(2), np.full(2, 10.0))
    assert found == pytest.approx([2**0.5, 3], abs=1e-12)
