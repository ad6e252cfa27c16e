"""Ranges: which arm an id has, by its share alone, the same for ever."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars.customers.shares import BUCKETS, bucket, bucket_threshold
from regulars.experiments.ranges import Ranges
from regulars.playbook.experiments import Experiment
from scipy.stats import chi2_contingency, chisquare

IDS = [str(n) for n in range(20_000)]
IMPROBABLE = 1e-4

Arms = list[str | None]


def ranges(name: str = "x", arms: int = 2, **words: Any) -> Ranges:
    names: dict[str, Any] = {f"a{n}": {} for n in range(arms)}
    experiment = Experiment.model_validate({"arms": names} | words)
    return Ranges.of(name, experiment, experiment.shares())


def arms_of_all(*what: Any, **words: Any) -> Arms:
    drawn = ranges(*what, **words)
    return [drawn.arm(id_) for id_ in IDS]


def dependence(first: Arms, second: Arms) -> float:
    """The p value of a chi-square test of two experiments' arms."""
    pairs = Counter(zip(first, second, strict=True))
    rows, columns = sorted({*first}, key=str), sorted({*second}, key=str)
    return float(chi2_contingency([[pairs[row, col] for col in columns] for row in rows]).pvalue)


@pytest.mark.parametrize("hash_", ["regulars", "growthbook"])
def test_two_experiments_are_independent_over_ids_that_follow_one_another(hash_: str) -> None:
    names = ("spring", "summer", "autumn", "experiment-1", "experiment-2")
    drawn = [arms_of_all(name, 3, hash=hash_, coverage="90%") for name in names]
    values = [dependence(a, b) for i, a in enumerate(drawn) for b in drawn[:i]]
    assert min(values) > IMPROBABLE


def test_arms_are_as_many_as_their_weights_say() -> None:
    drawn = Counter(arms_of_all(arms=3, weights=[0.2, 0.3, 0.5], coverage="50%"))
    seen = [drawn[arm] for arm in ("a0", "a1", "a2", None)]
    assert chisquare(seen, [2_000, 3_000, 5_000, 10_000]).pvalue > IMPROBABLE


@given(
    weights=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    coverages=st.tuples(st.integers(1, 100), st.integers(1, 100)),
    hash_=st.sampled_from(["regulars", "growthbook"]),
)
@settings(max_examples=30, deadline=None)
def test_coverage_that_grows_moves_nobody_between_arms(
    weights: list[int], coverages: tuple[int, int], hash_: str
) -> None:
    shares = [weight / sum(weights) for weight in weights]
    less, more = (
        ranges(arms=len(shares), weights=shares, coverage=f"{coverage}%", hash=hash_)
        for coverage in sorted(coverages)
    )
    for id_ in IDS[:300]:
        if less.arm(id_) is not None:
            assert more.arm(id_) == less.arm(id_)


@given(
    weights=st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=4),
    coverage=st.integers(1, 100),
    hash_=st.sampled_from(["regulars", "growthbook"]),
)
@settings(max_examples=30, deadline=None)
def test_a_bandit_that_moves_its_weights_moves_nobody_in_or_out(
    weights: list[list[int]], coverage: int, hash_: str
) -> None:
    written = bandit(coverage=f"{coverage}%", hash=hash_)
    inside = set()
    for numbers in weights:
        drawn = Ranges.of("x", written, shares_of(numbers))
        inside.add(frozenset(id_ for id_ in IDS[:300] if drawn.arm(id_) is not None))
    assert len(inside) == 1


def test_a_bandit_s_arms_have_their_probabilities_of_those_who_are_covered() -> None:
    for coverage, hash_ in ((30, "regulars"), (60, "growthbook")):
        written, shares = bandit(coverage=f"{coverage}%", hash=hash_), shares_of([70, 25, 5])
        ranges_ = Ranges.of("x", written, shares)
        drawn = Counter(ranges_.arm(id_) for id_ in IDS)
        covered = coverage / 100 * len(IDS)
        wanted = [*(share * covered for share in shares.values()), len(IDS) - covered]
        seen = [drawn[arm] for arm in (*shares, None)]
        assert chisquare(seen, wanted).pvalue > IMPROBABLE


def bandit(**words: Any) -> Experiment:
    written = {"arms": {"a": {}, "b": {}, "c": {}}, "allocation": {"use": "thompson"}}
    return Experiment.model_validate(written | words)


def shares_of(numbers: list[int]) -> dict[str, float]:
    return {arm: number / sum(numbers) for arm, number in zip("abc", numbers, strict=True)}


def test_everybody_has_an_arm_where_everybody_is_covered() -> None:
    for hash_ in ("regulars", "growthbook"):
        assert None not in arms_of_all(arms=7, hash=hash_)


def test_experiments_with_slices_of_one_layer_share_nobody() -> None:
    parts = [{"name": "offers", "from": a, "to": b} for a, b in (("0%", "40%"), ("40%", "100%"))]
    first, second = (arms_of_all(f"x{n}", layer=part) for n, part in enumerate(parts))
    assert all((a is None) != (b is None) for a, b in zip(first, second, strict=True))
    taken = [len(IDS) - first.count(None), first.count(None)]
    assert chisquare(taken, [8_000, 12_000]).pvalue > IMPROBABLE
    outside = arms_of_all("another")
    assert dependence([None if a is None else "in" for a in first], outside) > IMPROBABLE


def test_the_seed_gives_the_arms_and_not_the_name() -> None:
    assert arms_of_all("old", seed="s") == arms_of_all("new", seed="s")
    assert dependence(arms_of_all("old"), arms_of_all("new")) > IMPROBABLE
    assert arms_of_all("old") == arms_of_all("new", seed="regulars.experiment.old")


@pytest.mark.parametrize(
    ("seed", "unit", "share"),
    [
        ("seed", "a", 0.0505),
        ("seed", "b", 0.2696),
        ("foo", "ab", 0.2575),
        ("89123klj", "8952klfjas09ujkasdf", 0.124),
    ],
)
def test_growthbook_puts_a_unit_where_its_own_sdks_put_it(
    seed: str, unit: str, share: float
) -> None:
    assert bucket(seed, unit) / BUCKETS == share


def test_growthbook_s_ranges_are_its_own() -> None:
    drawn = ranges(hash="growthbook", coverage="50%", seed="seed")
    cuts = {arm: (part.start / BUCKETS, part.end / BUCKETS) for arm, part in drawn.arms.items()}
    assert cuts == {"a0": (0.0, 0.25), "a1": (0.5, 0.75)}
    assert [drawn.arm("a"), drawn.arm("b")] == ["a0", None]  # at .0505 and .2696


@given(st.floats(0, 1))
def test_a_bucket_is_compared_as_the_sdks_compare_it(share: float) -> None:
    first = bucket_threshold(share)
    assert first / BUCKETS >= share
    assert first == 0 or (first - 1) / BUCKETS < share


def test_what_is_not_known_is_not_covered() -> None:
    drawn = ranges(unit="household")
    assert [drawn.arm(None), drawn.arm("")] == [None, None]
    assert drawn.arm(7) == drawn.arm("7") == drawn.arm(7.0)
