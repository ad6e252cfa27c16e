"""What is recommended: lists of items, and when there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from regulars.hooks import DAY, ModelData
from regulars_models.recommend.fitting import fit
from regulars_models.recommend.scoring import score

from .shops import NOW, crowd, lists, settings, shop

METHODS = ["buy-again", "item-item", "factors", "content", "popular"]
KINDS = {
    "item": ["bread", "roll", "tea", "coffee", "mug"],
    "kind": ["bakery", "bakery", "drink", "drink", "thing"],
}
CROWD = [*crowd("bread", "roll"), *[(p + 20, i, d) for p, i, d in crowd("tea", "coffee")]]
CROWD += [(150 + n, "mug", 400) for n in range(2)]


def alone(data: ModelData, row: int) -> ModelData:
    """The same with one customer."""
    events = data.events["order"]
    mine = events.customer == row
    theirs = replace(
        events,
        customer=np.zeros(mine.sum(), np.int64),
        at=events.at[mine],
        times=events.times[mine],
        texts={"item": events.texts["item"][mine]},
    )
    return replace(
        data,
        customers=data.customers[row : row + 1],
        events={"order": theirs},
        attributes={"id": data.attributes["id"][row : row + 1]},
    )


def test_what_was_bought_most_and_lately_comes_again_and_then_what_is_wanted() -> None:
    mine = [(0, "tea", 300), (0, "tea", 290), (0, "roll", 5), (1, "coffee", 9)]
    found = lists(settings(show=4, fade="90d"), shop([*CROWD, *mine], 160))
    assert found["items"][0][:2] == ("roll", "tea")
    assert found["items"][1][0] == "coffee"
    assert found["first"][:2] == ["roll", "coffee"]
    popular = lists(settings(method="popular"), shop([*CROWD, *mine], 160))["items"]
    assert popular[2] == found["items"][2][:3]  # the third bought nothing yet
    assert found["explored"] == [None] * 160


def test_popularity_fades() -> None:
    bought = [*crowd("old", size=30, ago=800), *crowd("new", size=10, ago=5)]
    assert lists(settings(method="popular"), shop(bought, 160))["first"][0] == "new"
    slow = settings(method="popular", fade="10y")
    assert lists(slow, shop(bought, 160))["first"][0] == "old"


@pytest.mark.parametrize("method", ["item-item", "factors", "content"])
def test_who_bought_one_thing_is_drawn_to_what_goes_with_it(method: str) -> None:
    data = shop([*CROWD, (0, "bread", 3), (1, "tea", 3)], 160, KINDS)
    found = lists(settings(method=method, catalogue="catalogue.csv", show=2), data)["items"]
    assert set(found[0]) == {"bread", "roll"}
    assert set(found[1]) == {"tea", "coffee"}


@pytest.mark.parametrize("method", METHODS)
def test_a_customer_alone_has_the_same_list(method: str) -> None:
    chance = np.random.default_rng(3)
    names = KINDS["item"]
    bought = [
        (int(w), names[int(i)], int(d)) for w, i, d in chance.integers(0, (60, 5, 300), (400, 3))
    ]
    data = shop(bought, 70, KINDS)
    config = settings(method=method, catalogue="catalogue.csv", explore="30%")
    fitted = fit(config, data, 1)
    assert not isinstance(fitted, str)
    together = score(config, fitted, data)
    for row in (0, 7, 33, 69):
        for name, values in score(config, fitted, alone(data, row)).items():
            assert values[0] == together[name][row]


@pytest.mark.parametrize("method", METHODS)
def test_what_is_out_of_stock_or_unlisted_is_not_shown(method: str) -> None:
    stock = {**KINDS, "in_stock": ["yes", "no", "3", "0", ""]}
    bought = [*CROWD, (0, "roll", 2), *crowd("gone")]
    found = lists(
        settings(method=method, catalogue="catalogue.csv", show=9), shop(bought, 160, stock)
    )
    assert {item for shown in found["items"] for item in shown} == {"bread", "tea", "mug"}
    assert set(map(len, found["items"])) == {3}


def test_where_nothing_is_in_stock_nobody_has_a_score() -> None:
    stock = {**KINDS, "in_stock": ["no"] * 5}
    config = settings(catalogue="catalogue.csv", explore="50%")
    found = lists(config, shop(CROWD, 160, stock))
    assert found == dict.fromkeys(("items", "first", "explored"), [None] * 160)


@pytest.mark.parametrize(
    ("once", "columns"),
    [
        ({"once": ["bread", "mug"]}, {}),
        ({"once": True}, {}),
        ({}, {"once": ["yes", "", "", "", "true"]}),
    ],
)
def test_what_nobody_buys_twice_is_not_shown_to_who_has_it(once: object, columns: object) -> None:
    table = {**KINDS, **columns}  # type: ignore[dict-item]
    config = settings(catalogue="catalogue.csv", show=5, explore="50%", **once)  # type: ignore[arg-type]
    found = lists(config, shop([*CROWD, (0, "bread", 2)], 160, table))["items"]
    assert "bread" not in found[0]
    assert "bread" in found[1]


def test_an_item_that_nobody_bought_can_be_shown_by_what_it_is_like() -> None:
    table = {"item": [*KINDS["item"], "chai"], "kind": [*KINDS["kind"], "drink"]}
    data = shop([*CROWD, (0, "tea", 3), (0, "coffee", 9)], 160, table)
    config = settings(method="content", catalogue="catalogue.csv")
    assert "chai" in lists(config, data)["items"][0]


def test_what_one_customer_alone_bought_is_not_learned() -> None:
    data = shop([*CROWD, (0, "For Cora, with love", 1)], 160)
    fitted = fit(settings(), data, 1)
    assert not isinstance(fitted, str)
    assert set(fitted.arrays["items"]) == set(KINDS["item"])


def test_strange_names_come_back_as_they_were() -> None:
    names = ["bánh mì 🥖", "x" * 200, 'say "hi", it\'s', "-", " two  words ", "a\nb"]
    data = shop([*crowd(*names), (0, names[0], 1), (1, "", 1), (2, None, 1)], 160)
    found = lists(settings(show=9), data)
    assert set(found["items"][1]) == set(found["items"][2]) == set(names)
    assert found["first"][0] == names[0]


def test_one_item_makes_lists_of_one() -> None:
    for method in ("buy-again", "item-item", "factors", "popular"):
        found = lists(settings(method=method, explore="100%"), shop(crowd("bread"), 160))
        assert set(found["items"]) == {("bread",)}
        assert set(found["explored"]) == {None}


def test_too_little_says_so() -> None:
    for data in (shop([], 0), shop([(0, "bread", 3)], 1), shop(crowd("bread", size=9), 200)):
        said = fit(settings(), data, 1)
        assert isinstance(said, str)
        assert "10 are needed." in said


def test_a_catalogue_that_can_not_be_used_says_what_it_lacks() -> None:
    config = settings(method="content", catalogue="catalogue.csv")
    said = fit(config, shop(CROWD, 160, {"sku": ["bread"]}), 1)
    assert isinstance(said, str)
    assert said.startswith("The catalogue 'catalogue.csv' has no column 'item'")
    said = fit(config, shop(CROWD, 160, {"item": ["bread", "roll"], "name": ["a", "b"]}), 1)
    assert isinstance(said, str)
    assert said.startswith("The catalogue 'catalogue.csv' says nothing that items share")


def test_equal_data_and_seed_learn_the_same() -> None:
    data = shop(CROWD, 160)
    one, other = (fit(settings(method="factors"), data, 4) for _ in range(2))
    assert not isinstance(one, str)
    assert not isinstance(other, str)
    assert (one.arrays["factors"] == other.arrays["factors"]).all()
    assert one.metrics == other.metrics


def test_nobody_at_all_can_be_scored() -> None:
    config = settings(explore="10%")
    fitted = fit(config, shop(CROWD, 160), 1)
    assert not isinstance(fitted, str)
    found = score(config, fitted, shop([], 0, now=NOW + DAY))
    assert {name: len(values) for name, values in found.items()} == {
        "items": 0, "first": 0, "explored": 0,
    }  # fmt: skip


def test_a_name_of_blanks_is_no_item() -> None:
    bought = [*CROWD, *crowd("  ", size=40, ago=1)]
    assert lists(settings(method="popular"), shop(bought, 160))["first"][0] in KINDS["item"]
    table = {"item": [*KINDS["item"], " "], "kind": [*KINDS["kind"], "thing"]}
    shown = lists(settings(catalogue="catalogue.csv", show=9), shop(bought, 160, table))["items"][0]
    assert sorted(shown) == sorted(KINDS["item"])


def test_a_catalogue_that_lists_an_item_again_says_so() -> None:
    table = {"item": [*KINDS["item"], "mug", "mug"], "kind": [*KINDS["kind"], "thing", "thing"]}
    fitted = fit(settings(catalogue="catalogue.csv"), shop(CROWD, 160, table), 1)
    assert not isinstance(fitted, str)
    (said,) = fitted.diagnostics["words"]
    assert said.startswith("The catalogue 'catalogue.csv' lists 'mug' more than once")
    assert "seed" not in fitted.parameters
