"""What moved a customer's scores, as ``regulars why`` tells it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.runs.conftest import Client
from tests.runs.test_modelling import NOW, filled, written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Client:
    return filled(Client(tmp_path))


def why(shop: Client, customer: str, *words: str) -> dict[str, Any]:
    status, out, err = shop.call("why", str(shop.path), customer, *words, "--json")
    assert status == 0, err
    story: dict[str, Any] = json.loads(out)
    return story


def test_the_three_that_moved_it_most_are_told_and_where_it_starts(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run(NOW)
    story = why(shop, "c1")
    assert story["reasons"]["coming"] == {
        "chance": [
            {"what": "8 orders", "by": pytest.approx(0.6)},
            {"what": "the weather", "by": -0.01},
            {"what": "the stars", "by": 0.002},
        ],
        "next": [{"what": "tea", "by": -2.5}, {"what": "rain", "by": 0.25}],  # days
    }
    assert story["typical"] == {"coming": {"chance": pytest.approx(0.8 - 0.593)}}
    assert story["unexplained"] == {}
    assert why(shop, "c1", "--at", "2026-03-02T00:00Z")["reasons"] == story["reasons"]

    monkeypatch.setenv("COLUMNS", "80")
    text = shop.call("why", str(shop.path), "c1")[1]
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "coming.chance 0.8; of a typical customer 0.207" in lines
    for said in ("+0.6 8 orders", "-0.01 the weather", "-2.5 days tea", "+6 hours rain"):
        assert said in lines
    assert "+0.001 the moon" not in lines


@pytest.mark.parametrize(
    ("trait", "said"),
    [
        ("{last: order}", "seen 7 days ago"),
        ("{first: order, where: {item: {is: tea}}}", "seen unknown"),
        ("{count: order}", "seen 8"),
        ("{sum: order.total}", "seen 40.00"),
    ],
)
def test_a_trait_that_moved_a_score_is_told_with_its_value(
    shop: Client, trait: str, said: str
) -> None:
    written(shop, ", traits: [seen]", f"traits: {{seen: {trait}}}\n")
    shop.run(NOW)
    assert why(shop, "c1")["reasons"]["coming"]["chance"] == [{"what": said, "by": 0.1}]


def test_what_has_no_score_has_no_reasons(shop: Client) -> None:
    shop.people("c1,,,,", "new,,,,")
    shop.run(NOW)
    assert why(shop, "new")["reasons"] == {}
    assert "next" not in why(shop, "c45")["reasons"]["coming"]


@pytest.mark.parametrize(
    ("lies", "said"),
    [
        ("fails", "failed: ZeroDivisionError: no luck"),
        ("names", "explained luck, which it doesn't promise"),
        ("nan", "return Reasons with finite numbers"),
    ],
)
def test_a_plugin_that_fails_to_explain_is_blamed_and_the_story_goes_on(
    shop: Client, lies: str, said: str
) -> None:
    written(shop, f", lies: {lies}")
    shop.run(NOW)
    story = why(shop, "c1")
    assert said in story["unexplained"]["coming"]
    assert "the model 'seer'" in story["unexplained"]["coming"]
    assert story["scores"]["coming"]["chance"] == pytest.approx(0.8)
    assert said in " ".join(shop.call("why", str(shop.path), "c1")[1].split())


def test_a_score_of_before_an_edit_is_not_explained_by_the_model_after_it(shop: Client) -> None:
    shop.run(NOW)
    written(shop, ", favour: 0.1")
    assert "has changed since" in why(shop, "c1")["unexplained"]["coming"]


def test_whom_an_experiment_gives_another_model_is_explained_by_that_one(shop: Client) -> None:
    written(
        shop,
        ", split: which, arms: {b: rich}}, rich: {use: seer, favour: 0.1, lies: fails",
        "experiments: {which: {arms: {a: {}, b: {}}}}\n",
    )
    shop.run(NOW)
    stories = [why(shop, f"c{n}") for n in range(12)]
    arms = {story["known"]["experiments"][0]["arm"] for story in stories}
    assert arms == {"a", "b"}
    for story in stories:
        given = story["known"]["experiments"][0]["arm"]
        assert ("coming" in story["unexplained"]) == (given == "b")
        assert ("coming" in story["reasons"]) == (given == "a")
