"""What each arm has brought is counted within the window, up to any instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pytest
from regulars.hooks import DAY, GoalKind
from regulars_models.bayes_ab.measures import (
    Conversions,
    Counts,
    Means,
    Ratios,
    Revenue,
    Times,
    per_unit,
)

from tests.models.bayes_ab.planted import happened, measure, nothing, trial

if TYPE_CHECKING:
    from regulars.hooks import Trial

# Units 0 and 1 are in the control, 2 and 3 in the offer; unit 3 came on day 10.
ARMS, DAYS = (0, 0, 1, 1), (0.0, 0.0, 0.0, 10.0)
EVENTS = happened((0, 1, 10), (0, 3, 30), (1, 8, 99), (2, 7, 20), (3, 12, 5))


def of(kind: GoalKind, now: float = 20) -> Trial:
    return trial(ARMS, DAYS, EVENTS, kind, now=now)


def test_what_happens_after_the_window_does_not_count() -> None:
    experiment = of("conversion")
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Conversions)
    assert found.n.tolist() == [2, 2]
    assert found.x.tolist() == [1, 2]  # unit 1 came on day 8, its window closed with day 7


def test_the_end_of_the_window_is_inside_and_its_beginning_is_not() -> None:
    experiment = trial((0, 1), (0.0, 0.0), happened((0, 0, 1), (1, 7, 1)))
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Conversions)
    assert found.x.tolist() == [0, 1]


def test_an_earlier_instant_knows_only_of_those_exposed_and_what_happened_by_then() -> None:
    experiment = of("conversion")
    found = measure(experiment, experiment.outcomes[0], until=2 * DAY)
    assert isinstance(found, Conversions)
    assert found.n.tolist() == [2, 1]
    assert found.x.tolist() == [1, 0]


def test_counts_are_set_against_the_days_that_were_watched() -> None:
    experiment = of("count", now=12)
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Counts)
    assert found.events.tolist() == [2, 2]
    assert found.days.tolist() == [14, 9]
    assert found.squares.tolist() == [4, 2]
    assert found.cross.tolist() == [14, 9]


def test_a_mean_is_of_the_units_with_any_each_by_its_own_average() -> None:
    experiment = of("mean")
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Means)
    assert found.known.tolist() == [1, 2]
    assert found.mean.tolist() == [20, 12.5]
    assert found.sd == pytest.approx([0, np.std([20, 5], ddof=1)])


def test_revenue_adds_up_what_each_buyer_spent() -> None:
    experiment = of("revenue")
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Revenue)
    assert found.buyers.tolist() == [1, 2]
    assert found.total.tolist() == [40, 25]
    assert found.squares.tolist() == [1600, 425]


def test_those_without_an_event_have_waited_as_long_as_they_were_watched() -> None:
    experiment = of("time", now=11)
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Times)
    assert found.events.tolist() == [1, 1]
    assert found.days.tolist() == [1 + 7, 7 + 1]
    assert found.cross.tolist() == [1, 7]


def test_a_ratio_is_set_against_other_amounts_or_against_the_number_of_events() -> None:
    orders = happened((0, 1, 2), (0, 2, 3), (2, 1, 4))
    experiment = trial(ARMS, DAYS, EVENTS, "ratio", against=orders)
    found = measure(experiment, experiment.outcomes[0])
    assert isinstance(found, Ratios)
    assert (found.top.tolist(), found.bottom.tolist()) == ([40, 25], [5, 4])
    assert found.cross.tolist() == [200, 80]
    alone = of("ratio")
    found = measure(alone, alone.outcomes[0])
    assert isinstance(found, Ratios)
    assert found.bottom.tolist() == [2, 2]


def test_a_mask_leaves_out_the_others() -> None:
    experiment = of("conversion")
    inside = np.array([True, False, False, True])
    found = measure(experiment, experiment.outcomes[0], where=inside)
    assert isinstance(found, Conversions)
    assert found.n.tolist() == [1, 1]
    seen = per_unit(experiment, experiment.outcomes[0], where=inside)
    assert seen.row.tolist() == [0, 3]
    assert seen.top.tolist() == [1, 1]


@pytest.mark.parametrize("kind", get_args(GoalKind))
def test_a_trial_of_nobody_and_one_in_which_nothing_happens_have_numbers(kind: GoalKind) -> None:
    for arms in ((), (0, 0, 0)):
        experiment = trial(arms, np.zeros(len(arms)).tolist(), nothing(), kind)
        found = measure(experiment, experiment.outcomes[0])
        assert all(np.isfinite(each).all() for each in vars(found).values())
        assert found.n.tolist() == [len(arms), 0]


@pytest.mark.parametrize("kind", get_args(GoalKind))
def test_measuring_two_segments_apart_measures_both_together(kind: GoalKind) -> None:
    experiment = of(kind)
    first = np.array([True, False, True, False])
    parts = [
        per_unit(experiment, experiment.outcomes[0], where=mask).sums(2) for mask in (first, ~first)
    ]
    whole = per_unit(experiment, experiment.outcomes[0]).sums(2)
    for name, values in vars(whole).items():
        assert getattr(parts[0], name) + getattr(parts[1], name) == pytest.approx(values)
