"""How many are left: the product-limit estimate, against a table that is in every textbook."""

from __future__ import annotations

import numpy as np
import pytest
from regulars_models.churn.kaplan_meier import kaplan_meier

# Weeks in remission with 6-mercaptopurine: Freireich et al., Blood 21 (1963), 699-716.
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
WEEKS = np.array([*RELAPSED, *CENSORED], float)
HAPPENED = np.arange(len(WEEKS)) < len(RELAPSED)


def test_it_gives_the_table_of_the_textbooks() -> None:
    curve = kaplan_meier(WEEKS, HAPPENED)

    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.left.round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.error.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve.half(np.zeros(1)).tolist() == [23]


def test_without_censoring_it_is_the_share_that_is_left() -> None:
    days = np.array([1.0, 2, 2, 3, 8])
    curve = kaplan_meier(days, np.ones(5, np.bool_))

    assert curve.at([0, 1, 2.5, 3, 8]) == pytest.approx([1, 0.8, 0.4, 0.2, 0])
    assert curve.error[0] == pytest.approx((0.8 * 0.2 / 5) ** 0.5)  # of a share of five


def test_what_is_asked_of_who_has_come_so_far_is_told_of_those() -> None:
    curve = kaplan_meier(np.array([1.0, 2, 3, 4]), np.ones(4, np.bool_))

    assert curve.happens(np.array([0.0, 2.0]), 1) == pytest.approx([0.25, 0.5])
    assert curve.half(np.array([0.0, 2.0])) == pytest.approx([2, 1])


def test_it_says_nothing_of_what_hardly_anybody_came_to() -> None:
    curve = kaplan_meier(WEEKS, HAPPENED, fewest=10)

    assert curve.told == 17
    assert np.isnan(curve.at([18.0])).all()
    assert np.isnan(curve.happens(np.array([10.0]), 10)).all()
    assert np.isnan(curve.half(np.zeros(1))).all()  # until week 17 it is above a half


def test_where_nobody_left_all_are_left() -> None:
    curve = kaplan_meier(np.arange(1.0, 21), np.zeros(20, np.bool_))

    assert curve.at([10.0]).tolist() == [1.0]
    assert np.isnan(curve.half(np.zeros(1))).all()
    assert kaplan_meier(np.empty(0), np.empty(0, np.bool_)).told == 0
