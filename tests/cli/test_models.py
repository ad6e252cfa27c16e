"""``regulars models``: in words first, then numbers, within a terminal's width."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.runs.test_modelling import NOW, filled, written

if TYPE_CHECKING:
    from tests.runs.conftest import Client


@pytest.fixture
def shop(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("COLUMNS", "80")
    return filled(client)


def told(client: Client, *words: str, status: int = 0) -> str:
    found, out, err = client.call("models", str(client.path), *words)
    assert found == status, err
    assert all(len(line) <= 80 for line in out.splitlines())
    return out if status == 0 else err


def test_all_of_them_are_listed_with_recency_beside(shop: Client) -> None:
    shop.run(NOW)
    title, head, _, first, second, *rest = told(shop).splitlines()
    assert title == "Models"
    assert head.split() == ["model", "kind", "learned", "events", "customers", "AUC"]
    assert first.split() == ["coming", "seer", "2026-03-01", "2026-01-01", "60", "1.000"]
    assert second.split() == ["version", "1", "2026-02-22", "60", "scored", "(1.000)"]
    assert rest[1] == "AUC: how well it ranks, tested; in brackets recency alone."
    assert rest[2] == "! coming: The moon was full."


def test_a_run_says_what_to_know_before_its_scores_are_believed(shop: Client) -> None:
    _, out, _ = shop.call("run", str(shop.path), "--at", NOW)
    assert "! coming: The moon was full.\n" in out


def test_a_run_says_how_long_each_model_took(shop: Client) -> None:
    assert shop.run(NOW)["seconds"]["by_model"]["coming"] > 0


def test_what_is_missing_stands_below_the_list(shop: Client) -> None:
    shop.orders()
    out = told(shop, "--at", NOW)
    assert "coming   seer   not yet" in out
    assert "! coming: there are 0 orders; 5 are needed" in out
    one = told(shop, "coming", "--at", NOW)
    assert "It has learned nothing yet, so it scores nobody.\n! there are 0 orders" in one
    shop.write("")
    shop.run(NOW)
    assert told(shop) == "The playbook has no models.\n"


def test_one_is_told_in_words_then_in_tables(shop: Client) -> None:
    shop.run(NOW)
    out = told(shop, "coming")
    lines = out.splitlines()
    assert lines[0] == "coming (seer) as of 2026-03-01 00:00 UTC"
    words = " ".join(lines)
    assert "Version 1 learned on 2026-03-01 00:00 from 60 customers, by events from" in words
    assert "It says of 60: chance (probability), next (time), mood (a word)." in words
    assert "The log-likelihood is -12.3457." in words
    assert "! The moon was full." in lines
    rows = [line.split() for line in lines]
    assert ["slope.orders", "0.1", "0.025"] in rows
    assert not any(row[:1] == ["weights"] for row in rows)
    assert "more; --json has them all." in words
    assert "Tested: chance from 2026-02-15 to 2026-03-01" in lines
    assert ["what", "came", "30"] in rows
    assert any(row[:2] == ["recency", "alone"] for row in rows)
    assert "Calibration of chance" in lines
    assert ["the", "moon", "1.0", "███████"] in rows
    assert ["orders", "270"] in rows
    assert not any(row[:1] == ["converged"] for row in rows)


def test_a_baseline_that_ranks_better_is_warned_of(shop: Client) -> None:
    written(shop, ", favour: 1")  # everybody is sure to come, so nobody before anybody
    out = " ".join(told(shop, "coming", "--at", NOW).split())
    assert re.search(
        r"! chance: .* ranks customers better, with an AUC of 1.000 against 0.500", out
    )
    assert " off " in out


def test_the_picture_is_an_svg_of_its_own(shop: Client) -> None:
    shop.run(NOW)
    file = shop.folder / "coming.svg"
    told(shop, "coming", "--svg", str(file))
    svg = file.read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "<script" not in svg
    assert "href" not in svg
    assert "prefers-color-scheme: dark" in svg
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert "coming (seer)" in texts
    assert "chance: did as much come as was expected?" in texts
    assert "Everybody together, week by week: did as much come as was expected?" in texts


def test_what_can_not_be_drawn_says_why(shop: Client) -> None:
    shop.run("2026-01-03")
    shop.orders()
    at = ("--at", "2026-01-20")
    for words, why in (
        (("coming", "--svg", "/nowhere/x.svg"), "name a file that can be written"),
        (("--svg", "x.svg"), "--svg draws one model: name it"),
        (("--audit", "city"), "--audit looks at one model: name it"),
        (("coming", "--audit", "city", "--svg", "x.svg"), "say one"),
        (("coming", "--audit", "town"), "unknown attribute 'town'"),
        (("comming",), "unknown model 'comming' (did you mean 'coming'?); there are: coming"),
    ):
        assert why in told(shop, *words, *at, status=2)
    shop.run("2026-01-20")
    written(shop, name="other")
    why = told(shop, "other", "--svg", "x.svg", status=2)
    assert "there is no picture of 'other', because it has learned nothing yet" in why


def test_an_audit_says_who_is_treated_otherwise(shop: Client) -> None:
    shop.people(*(f"c{n},c{n}@example.com,{'Rome' if n < 30 else 'Oslo'},," for n in range(60)))
    segments = "segments: {keen: {score: coming.chance, at_least: 0.5}, fans: {segment: keen}}\n"
    written(shop, rest=segments + "traits: {n: {count: order}}\n")
    shop.run(NOW)
    out = told(shop, "coming", "--audit", "city")
    words = " ".join(out.split())
    assert "coming by city as of 2026-03-01 00:00 UTC" in out
    for segment in ("keen", "fans"):
        assert f"! {segment} holds 0.0% of Oslo and 100.0% of Rome: 0.00 times as many" in words
    assert "Intervals hold for all groups of a table at once, with 95 %." in words
    audit = json.loads(
        shop.call("models", str(shop.path), "coming", "--audit", "city", "--json")[1]
    )
    assert audit["groups"] == {"Rome": 30, "Oslo": 30}
    assert [segment["verdict"] for segment in audit["segments"]] == ["differs", "differs"]
    means = {row["group"]: row["mean"] for row in audit["scores"]["chance"]}
    assert means == {"Rome": pytest.approx(0.8), "Oslo": pytest.approx(0.1)}
    assert len(audit["warnings"]) >= len(audit["segments"])
    assert {row["group"]: row["actual"] for row in audit["tests"]["chance"]} == {
        "Rome": 1,
        "Oslo": 0,
    }


def test_an_audit_of_what_makes_no_groups_is_refused(shop: Client) -> None:
    shop.run(NOW)
    assert "makes no two groups of 20" in told(shop, "coming", "--audit", "email", status=2)
    out = " ".join(told(shop, "coming", "--audit", "city").split())
    assert "No segment of the playbook is built on its scores." in out
