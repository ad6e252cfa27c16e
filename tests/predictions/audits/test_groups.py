"""Groups of customers: by text, by quarters, and none so small that it tells of one."""

from __future__ import annotations

from typing import Any

import numpy as np
from regulars.predictions.audits.groups import Groups, grouped


def objects(*values: Any) -> Any:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def sizes(groups: Groups) -> dict[str, int]:
    return dict(zip(groups.names, groups.counts(), strict=True))


def test_texts_are_groups_the_largest_first_and_the_unknown_last() -> None:
    values = objects(*[None] * 50, *["Rome"] * 20, *["Oslo"] * 30, *["Bari"] * 19, "Lima")
    groups = grouped(values, "text")
    assert list(sizes(groups).items()) == [
        ("Oslo", 30),
        ("Rome", 20),
        ("others", 20),
        ("unknown", 50),
    ]
    assert groups.of[:50].tolist() == [3] * 50
    assert groups.of[-1] == 2


def test_groups_that_are_few_even_together_are_left_out() -> None:
    groups = grouped(objects(*["Rome"] * 20, *["Oslo"] * 10, *[None] * 9), "text")
    assert sizes(groups) == {"Rome": 20}
    assert (groups.of < 0).sum() == 19


def test_numbers_are_cut_into_quarters_and_equal_ones_stay_together() -> None:
    values = objects(*range(1, 101), *[None] * 20)
    assert sizes(grouped(values, "number")) == {
        "up to 25": 25, "over 25 to 50": 25, "over 50 to 75": 25, "over 75": 25, "unknown": 20,
    }  # fmt: skip
    assert sizes(grouped(objects(*[1.5] * 80, *[2] * 20), "number")) == {
        "up to 1.5": 80,
        "over 1.5": 20,
    }
    assert sizes(grouped(objects(*[7] * 40), "integer")) == {"any": 40}


def test_days_and_times_are_cut_into_quarters_too() -> None:
    days = objects(*["1990-01-01"] * 60, *["2000-06-30"] * 30, None)
    assert sizes(grouped(days, "date")) == {"up to 1990-01-01": 60, "over 1990-01-01": 30}
    at = objects(*[1_767_225_600_000_000] * 60, *[1_900_000_000_000_000] * 20)
    assert sizes(grouped(at, "time")) == {"up to 2026-01-01": 60, "over 2026-01-01": 20}
    assert sizes(grouped(objects(*[None] * 30), "date")) == {"unknown": 30}


def test_yes_and_no_are_told_in_words() -> None:
    assert sizes(grouped(objects(*[True] * 25, *[0] * 20, None), "boolean")) == {
        "yes": 25,
        "no": 20,
    }
