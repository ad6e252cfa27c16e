"""Exploring: which places show an item beside the habit."""

from __future__ import annotations

import numpy as np
import pytest
from regulars.hooks import DAY
from regulars_models.recommend.exploring import chances, fingerprints
from regulars_models.recommend.fitting import fit
from regulars_models.recommend.scoring import score
from scipy import stats

from .shops import NOW, settings, shop

ITEMS = [f"i{number}" for number in range(40)]


def lists(day: int, share: str, seed: int = 1) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What each of 2,000 customers with a habit of three is shown, and what of it is explored."""
    bought = [(whose, ITEMS[(whose + k) % 40], 5 + k) for whose in range(2_000) for k in range(3)]
    config = settings(explore=share)
    fitted = fit(config, shop(bought, 2_000), seed)
    assert not isinstance(fitted, str)
    data = shop(bought, 2_000, now=NOW + day * DAY)
    found = score(config, fitted, data)
    return [
        (items, explored or ())
        for items, explored in zip(found["items"], found["explored"], strict=True)
    ]


def test_the_share_of_places_that_explore_is_the_one_that_is_asked_for() -> None:
    places = sum(len(explored) for _, explored in lists(0, "10%"))
    assert 0.085 < places / 6_000 < 0.115


def test_what_is_explored_is_new_to_the_customer_and_stands_in_the_list_once() -> None:
    for whose, (items, explored) in enumerate(lists(0, "60%")):
        habit = {ITEMS[(whose + k) % 40] for k in range(3)}
        assert len(set(items)) == 3
        assert set(explored) == set(items) - habit


def test_every_item_is_as_likely_as_another() -> None:
    shown = [item for _, explored in lists(0, "100%") for item in explored]
    _, counts = np.unique(shown, return_counts=True)
    assert len(counts) == 40
    assert stats.chisquare(counts).pvalue > 1e-3


def test_it_is_the_same_all_day_and_other_customers_the_next() -> None:
    today, again, tomorrow = lists(0, "10%"), lists(0, "10%"), lists(1, "10%")
    assert today == again
    exploring = [{n for n, (_, e) in enumerate(each) if e} for each in (today, tomorrow)]
    both = len(exploring[0] & exploring[1])
    assert both == pytest.approx(len(exploring[0]) * len(exploring[1]) / 2_000, rel=0.3)
    assert {n for n, (_, e) in enumerate(lists(0, "10%", seed=2)) if e} != exploring[0]


def test_chances_are_even_and_keys_are_independent() -> None:
    people = fingerprints(np.array([str(number) for number in range(200_000)], dtype=object))
    assert len(np.unique(people)) == 200_000
    one, other = (chances(key, people) for key in ("a.0", "a.1"))
    assert stats.kstest(one, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    assert abs(np.corrcoef(one[:-1], one[1:])[0, 1]) < 0.01


def test_a_fingerprint_hangs_on_the_id_alone() -> None:
    ids = np.array(["a", "ab", "abc", "ñandú 🦤", "x" * 190, "7", "70"], dtype=object)
    together = fingerprints(ids)
    assert len(set(together.tolist())) == len(ids)
    assert together.tolist() == [fingerprints(ids[n : n + 1])[0] for n in range(len(ids))]
