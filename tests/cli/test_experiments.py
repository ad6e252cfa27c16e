"""``regulars experiments``: the sentence first, in words, within a terminal's width."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.runs.test_experimenting import PLAYBOOK, PLUGINS, START

if TYPE_CHECKING:
    from tests.runs.conftest import Client

LATER = "2026-05-03T09:00Z"


@pytest.fixture(autouse=True)
def narrow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (client.folder / "plugins.py").write_text(PLUGINS, encoding="utf-8")
    client.people(*(f"c{n},c{n}@example.com,Paris,," for n in range(40)))


def written(client: Client, more: str = "decide: {use: counting}") -> None:
    client.write(PLAYBOOK.replace("MORE", more))


def ran(client: Client, more: str = "decide: {use: counting}") -> None:
    written(client, more)
    client.run(START)
    client.orders("c1,2026-05-02T09:00:00,1,bread,3.50")
    client.run(LATER)


def told(client: Client, *words: str, status: int = 0) -> str:
    found, out, err = client.call("experiments", str(client.path), *words)
    assert found == status, err
    assert all(len(line) <= 80 for line in out.splitlines()) or "--json" in words
    return out if status == 0 else err


def test_all_of_them_are_listed_with_their_verdict(client: Client) -> None:
    ran(client)
    head, _, first, second, *_ = told(client).partition("Experiments\n")[2].splitlines()
    assert head.split() == ["experiment", "since", "units", "verdict"]
    assert first.split()[:3] == ["x", "2026-05-01", "control"]
    assert first.endswith("winner: offer")
    assert second.split()[0] == "offer"
    (row,) = json.loads(told(client, "--json"))
    assert (row["experiment"], row["verdict"], row["arm"]) == ("x", "winner", "offer")


def test_the_sentence_comes_first_then_warnings_then_tables(client: Client) -> None:
    ran(client)
    title, _, sentence, warning, _, table, *rest = told(client, "x").splitlines()
    assert title == "x as of 2026-05-03 09:00 UTC"
    assert (sentence, warning, table) == ("offer wins.", "! Look out.", "Counted")
    assert "A note." in rest
    document = json.loads(told(client, "x", "--json"))
    assert document["sentence"] == "offer wins."
    assert document["tables"][0]["title"] == "Counted"
    assert document["since"] == "2026-05-01T09:00:00+00:00"


def test_without_an_analysis_it_tells_what_each_arm_brought(client: Client) -> None:
    ran(client, "")
    out = told(client, "x")
    assert "40 customers have an arm, the first since 2026-05-01." in out
    assert "Nothing decides it: write decide: {use: bayes-ab, horizon: 28d}" in out
    rows = [line.split() for line in out.splitlines() if line.startswith("ordered")]
    assert [row[1] for row in rows] == ["control", "offer"]
    assert sorted(row[3] for row in rows) == ["0", "1"]
    assert "nothing decides it" in told(client)


def test_every_kind_of_goal_has_its_own_words(client: Client) -> None:
    goals = (
        "{id: often, count: order, within: 14d}",
        "{id: spent, sum: order.total, within: 14d}",
        "{id: basket, average: order.total, within: 14d}",
        "{id: soon, time_to: order, within: 14d}",
        "{id: price, ratio: order.total, to: order, within: 14d}",
    )
    ran(client, "")
    text = client.path.read_text()
    client.path.write_text(text.replace("goals: [", f"goals: [{', '.join(goals)}, "))
    rows = [" ".join(line.split()) for line in told(client, "x").splitlines()]
    brought = {row.split()[0]: row for row in rows if " 1 " in row or "3.50" in row}
    assert brought["often"].endswith("each")
    assert brought["spent"].endswith("each")
    assert brought["basket"].endswith("1 3.50 on average")
    assert brought["soon"].endswith("1 1.00 days on average")
    assert brought["price"].endswith("3.50 3.50 order.total per order")
    assert brought["ordered"].endswith("of them")


def test_nobody_yet_and_no_goals_are_said(client: Client) -> None:
    client.people()
    written(client)
    client.run(START)
    assert "Nobody has been given an arm yet." in told(client, "x")
    assert "Counted" in told(client, "x")
    assert "nobody has an arm yet" in told(client)
    client.path.write_text(client.path.read_text().partition("experiments:")[0])
    assert "no experiments, and no holdout" in told(client)


def test_an_instant_after_the_last_run_is_warned_of(client: Client) -> None:
    ran(client)
    out = told(client, "x", "--at", "2026-06-01T00:00Z")
    assert "x as of 2026-06-01 00:00 UTC" in out
    assert "! What happened after the last run, 2026-05-03 09:00, isn't known yet." in out
    assert "isn't known" not in told(client, "x", "--at", "2026-05-02T00:00Z")


@pytest.mark.parametrize("then", ["drop", "roll_up"])
def test_events_that_retention_let_go_are_warned_of(client: Client, then: str) -> None:
    ran(client)
    assert "retention" not in told(client, "x")
    text = client.path.read_text(encoding="utf-8")
    text += f"retention: {{events: 14d, then: {then}}}\n"
    client.path.write_text(text, encoding="utf-8")
    assert "retention" not in told(client, "x")  # nothing is so old yet
    client.run("2026-05-20T09:00Z")
    out = told(client, "x")
    assert "! Events up to 2026-05-06 09:00 were let go by the playbook's retention" in out
    found = json.loads(told(client, "x", "--json"))
    assert found["known"] == "2026-05-20T09:00:00+00:00"
    assert found["forgotten"] == "2026-05-06T09:00:00+00:00"


def test_a_picture_is_written(client: Client) -> None:
    ran(client)
    path = client.folder / "x.svg"
    told(client, "x", "--svg", str(path))
    assert path.read_text() == "<svg/>"
    ran_without = client.path.read_text().replace("decide: {use: counting}", "")
    client.path.write_text(ran_without)
    assert "there is no picture of 'x', because nothing decides it" in told(
        client, "x", "--svg", str(path), status=2
    )
    missing = str(client.folder / "nowhere" / "x.svg")
    client.path.write_text(ran_without.replace("goals:", "decide: {use: counting}\n    goals:"))
    said = told(client, "x", "--svg", missing, status=2)
    assert "No such file or directory; name a file that can be written" in said


def test_the_arm_of_any_id_is_told(client: Client) -> None:
    ran(client, "coverage: 50%")
    lines = dict(line.split() for line in told(client, "x", "--assign", *"abcdefgh").splitlines())
    assert list(lines) == list("abcdefgh")
    assert set(lines.values()) == {"control", "offer", "none"}
    arms = json.loads(told(client, "x", "--assign", "a", "b", "--json"))
    assert arms == {id_: None if lines[id_] == "none" else lines[id_] for id_ in "ab"}


def test_learning_says_what_from_how_many(client: Client) -> None:
    written(client)
    client.people()
    client.run(START)
    assert "nothing to learn from yet" in told(client, "--learn")
    client.people("ada,ada@example.com,Paris,,")
    client.run(LATER)
    assert told(client, "--learn") == "counting was shown 1 experiment and learned: seen 1\n"
    (lesson,) = json.loads(told(client, "--learn", "--json"))
    assert lesson == {"analysis": "counting", "experiments": 1, "learned": {"seen": 1}}


def test_names_and_words_that_dont_fit_are_refused(client: Client) -> None:
    ran(client)
    assert "unknown experiment 'xx' (did you mean 'x'?)" in told(client, "xx", status=2)
    assert "say --assign" in told(client, "x", "ada", status=2)
    assert "ids to tell" in told(client, "x", "--assign", status=2)
    then = ("--at", "2026-05-02T00:00Z")
    assert "without --at" in told(client, "x", "--assign", "ada", *then, status=2)
    assert "name it" in told(client, "--svg", "x.svg", status=2)
    assert "without anything else" in told(client, "x", "--learn", status=2)


def test_the_holdout_gives_no_arms_to_ids(client: Client) -> None:
    ran(client)
    unknown = "unknown experiment 'holdout'; there are: x"
    assert unknown in told(client, "holdout", "--assign", "ada", status=2)
    with client.path.open("a", encoding="utf-8") as file:
        file.write("policy: {holdout: 5%}\n")
    said = told(client, "holdout", "--assign", "ada", status=2)
    assert "the holdout gives no arms out; ask an experiment" in said
