"""Recommendations in a playbook: in messages, in conditions, and kept once they went out."""

from __future__ import annotations

import email
import json
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import PlaybookError
from regulars.runs.loading import load_playbook

from tests.runs.conftest import HEAD, Client

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-01-26"
ITEMS = ["espresso", "croissant", "bánh mì", "tea"]
CATALOGUE = "item,in_stock\nespresso,yes\ncroissant,yes\nbánh mì,yes\ntea,no\nmug,5\ncup,1\n"
MESSAGE = """\
  hello:
    mail:
      subject: "{{ scores.recommend.first }} again?"
      body: |
        {% for item in scores.recommend.items %}
        {{ loop.index }}={{ item }};
        {% endfor %}
"""
REST = """\
models: {recommend: {use: recommend, event: order, explore: 30%, catalogue: catalogue.csv}}
segments:
  croissant: {score: recommend.items, contains: croissant}
  shouted: {score: recommend.items, contains: CROISSANT, ignore_case: true}
  part: {score: recommend.items, contains: croiss}
  tea: {score: recommend.items, contains: tea}
  explored: {score: recommend.explored, known: true}
  showed: {performed: message.showed}
  everybody: {attribute: id, known: true}
journeys:
  j: {when: {enters: everybody}, existing: true, steps: [{send: hello, via: mail}]}
"""


@pytest.fixture
def cafe(tmp_path: Path, store_url: str) -> Client:
    """Twenty guests, each with a habit; two more who never ordered."""
    made = Client(tmp_path, store_url)
    made.people(*(f"c{n},c{n}@example.com,,," for n in range(22)))
    made.orders(
        *(f"c{n},2026-01-{day:02},{n}-{day},{ITEMS[n % 4]},3" for n in range(20) for day in (2, 9)),
        *(f"c{n},2026-01-04,{n}-4,{ITEMS[(n + 1) % 4]},3" for n in range(20)),
    )
    (tmp_path / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
    made.write(REST, head=HEAD[: HEAD.index("  hello:")] + MESSAGE)
    return made


def stored(client: Client, customer: str) -> dict[str, Any]:
    status, out, err = client.call("customers", "export", str(client.path), customer)
    assert status == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def test_a_message_loops_over_the_items_and_what_it_showed_is_kept(cafe: Client) -> None:
    planned, done = cafe.plan(NOW), cafe.run(NOW)
    assert planned["models"] == done["models"]
    assert planned["segments"] == done["segments"]
    assert planned["decisions"] == done["decisions"]

    exploring = 0
    for number in range(22):
        told = stored(cafe, f"c{number}")
        items = told["scores"]["recommend.items"]
        explored = told["scores"]["recommend.explored"]
        (showed,) = [e for e in told["events"] if e["event"] == "message.showed"]
        said = showed["properties"]
        assert said["items"] == items
        assert said.get("explored") == explored
        assert (said["message"], said["model"], said["journey"]) == ("hello", "recommend", "j")
        exploring += bool(explored)
        assert "tea" not in items
        (file,) = cafe.folder.glob(f"outbox/*/*c{number}-hello*")
        mail = email.message_from_bytes(file.read_bytes(), policy=default)
        assert mail["Subject"] == f"{items[0]} again?"
        body = mail.get_body(("plain",))
        assert body is not None
        text = " ".join(body.get_content().split())
        assert text.startswith(" ".join(f"{n}={item};" for n, item in enumerate(items, 1)))
    assert 5 < exploring < 22
    counts = {name: segment["members"] for name, segment in done["segments"].items()}
    having = sum(
        "croissant" in stored(cafe, f"c{n}")["scores"]["recommend.items"] for n in range(22)
    )
    assert counts == {
        "croissant": having,
        "shouted": having,
        "part": 0,
        "tea": 0,
        "explored": exploring,
        "showed": 0,
        "everybody": 22,
    }

    assert cafe.run("2026-01-27")["segments"]["showed"]["members"] == 22
    (showed,) = [e for e in stored(cafe, "c3")["events"] if e["event"] == "message.showed"]
    status, _, err = cafe.call("customers", "erase", str(cafe.path), "c3", "--yes")
    assert status == 0, err


def test_a_customer_without_a_list_gets_no_message_with_a_loop(cafe: Client) -> None:
    nothing = CATALOGUE.replace("yes", "no").replace("5", "0").replace("cup,1", "cup,0")
    (cafe.folder / "catalogue.csv").write_text(nothing, encoding="utf-8")
    assert cafe.run(NOW)["models"]["recommend"]["scored"] == 0
    assert cafe.sent() == []
    told = stored(cafe, "c1")
    assert told["scores"] == {}
    assert not [e for e in told["events"] if e["event"] == "message.showed"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "is not there; put it beside the playbook, or mend its name"),
        ("", "is empty; its first row names its columns"),
        ("item,item\n", "has columns of one name, or of none"),
        ("item,kind\nroll\n", "has 1 cells in line 2 and 2 columns"),
        ('item\n"roll\n', "breaks off in line 2"),
    ],
)
def test_a_catalogue_that_can_not_be_read_is_told_at_its_place(
    cafe: Client, text: str | None, reason: str
) -> None:
    file = cafe.folder / "catalogue.csv"
    file.unlink() if text is None else file.write_text(text, encoding="utf-8")
    with pytest.raises(PlaybookError) as error:
        load_playbook(cafe.path)
    (problem,) = error.value.problems
    assert (problem.path, problem.line) == ("models.recommend", problem.line)
    assert problem.reason.startswith(f"the file 'catalogue.csv' {reason}")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("contains: tea", "is: tea", "'is' can't compare recommend.items, which is a list; use"),
        ("scores.recommend.items", "scores.recommend.itms", "unknown score of recommend 'itms'"),
        ("in scores.recommend.items", "in recommend.items", "unknown name 'recommend'; what a"),
        ("explore: 30%,", "method: content,", None),
        ("catalogue: catalogue.csv", "method: content", "content compares what a catalogue says"),
    ],
)
def test_a_mistake_is_told(cafe: Client, before: str, after: str, reason: str | None) -> None:
    text = cafe.path.read_text(encoding="utf-8")
    assert before in text
    cafe.path.write_text(text.replace(before, after), encoding="utf-8")
    if reason is None:
        load_playbook(cafe.path)
        return
    with pytest.raises(PlaybookError) as error:
        load_playbook(cafe.path)
    assert any(problem.reason.startswith(reason) for problem in error.value.problems)


def test_why_quotes_an_item_whose_name_has_a_comma(cafe: Client) -> None:
    cafe.orders(*(f'c{n},2026-01-20,{n}-20,"bread, rye",3' for n in range(12)))
    (cafe.folder / "catalogue.csv").write_text(f'{CATALOGUE}"bread, rye",yes\n', encoding="utf-8")
    cafe.write(REST.replace("explore: 30%, ", ""), head=HEAD[: HEAD.index("  hello:")] + MESSAGE)
    cafe.run(NOW)
    status, out, err = cafe.call("why", str(cafe.path), "c1")
    assert status == 0, err
    assert '"bread, rye"' in " ".join(out.split())
