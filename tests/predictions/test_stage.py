"""Models in a run: they learn, score everybody, and say what they can't."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from regulars.store import Store, tables
from sqlalchemy import select

from tests.runs.conftest import HEAD

from .conftest import MODEL, TOYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shop

    Write = Callable[..., None]

SEGMENTS = """\
segments:
  slipping: {score: value.alive, less_than: 0.4}
  unknown: {score: value.alive, known: false}
  late: {score: value.mood, is: late}
  soon: {score: value.next, within_next: 7d}
"""
SUBJECT = "{{ scores.value.mood }}, {{ scores.value.next | date('%e %B') }}"
NOW = "2026-01-26"


def why(shop: Shop, customer: str) -> dict[str, Any]:
    status, out, err = shop.call("why", str(shop.path), customer, "--json")
    assert status == 0, err
    story: dict[str, Any] = json.loads(out)
    return story


def versions(shop: Shop) -> list[tuple[Any, ...]]:
    store = Store.open(shop.store or f"sqlite:///{shop.folder}/.regulars/shop.db")
    query = select(tables.models).order_by(*tables.models.primary_key)
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    store.close()
    return rows


def members(report: dict[str, Any]) -> dict[str, int]:
    return {name: segment["members"] for name, segment in report["segments"].items()}


def test_a_run_learns_and_scores_and_its_segments_know(anywhere: Shop, write: Write) -> None:
    write(anywhere, SEGMENTS)
    planned = anywhere.plan(NOW)
    assert planned["models"]["value"] == {
        "version": 1, "fitted": True, "scored": 2, "missing": None, "drift": [],
        "warnings": [],
    }  # fmt: skip

    done = anywhere.run(NOW)

    assert done["models"] == planned["models"]
    assert members(done) == members(planned) == {"slipping": 1, "unknown": 1, "late": 1, "soon": 1}
    assert why(anywhere, "ada")["scores"]["value"] == {
        "alive": pytest.approx(2 ** (-4 / 7)),
        "next": "2026-01-29T00:00:00+00:00",
        "mood": "early",
    }
    assert why(anywhere, "cora")["scores"]["value"] == {"alive": None, "next": None, "mood": None}

    before = versions(anywhere)
    again = anywhere.run(NOW)
    assert again["models"]["value"] == done["models"]["value"] | {"fitted": False}
    assert (members(again), versions(anywhere)) == (members(done), before)


def test_it_learns_again_when_its_time_is_over_or_its_settings_are_others(
    shop: Shop, write: Write
) -> None:
    def learned(at: str, model: str) -> tuple[int, bool]:
        write(shop, models=f"models: {{value: {{use: pace, event: order, {model}}}}}\n")
        count = shop.run(at)["models"]["value"]
        return count["version"], count["fitted"]

    assert learned("2026-01-26", "refit: 3d") == (1, True)
    assert learned("2026-01-28", "refit: 3d") == (1, False)
    assert learned("2026-01-29", "refit: 3d") == (2, True)
    assert learned("2026-01-30", "refit: 9d") == (2, False)
    assert learned("2026-01-30", "refit: 9d, least: 3") == (3, True)
    assert [row[:3] for row in versions(shop)] == [("value", n, "pace") for n in (1, 2, 3)]


def test_a_model_with_too_little_data_says_so_and_its_scores_are_unknown(
    shop: Shop, write: Write
) -> None:
    shop.orders("ada,2026-01-01,a1,roll,5")
    write(shop, SEGMENTS)
    report = shop.run(NOW)
    assert report["models"]["value"] == {
        "version": None,
        "fitted": False,
        "scored": 0,
        "missing": "0 pauses; 2 are needed",
        "drift": [],
        "warnings": [],
    }
    assert members(report) == {"slipping": 0, "unknown": 3, "late": 0, "soon": 0}
    status, out, _ = shop.call("run", str(shop.path), "--at", NOW)
    assert status == 0
    assert "not yet: 0 pauses; 2 are needed" in " ".join(out.split())


def test_what_can_not_learn_any_more_goes_on_by_what_it_learned(shop: Shop, write: Write) -> None:
    write(shop, "retention: {events: 10d}\n" + SEGMENTS)
    assert shop.run("2026-01-10")["models"]["value"]["scored"] == 2
    later = shop.run("2026-01-31")["models"]["value"]
    assert later == {
        "version": 1,
        "fitted": False,
        "scored": 1,
        "missing": "0 pauses; 2 are needed",
        "drift": [],
        "warnings": [],
    }


def test_a_plan_leaves_nothing(shop: Shop, write: Write) -> None:
    write(shop)
    shop.run("2026-01-10")
    before = versions(shop)
    assert shop.plan("2026-01-26")["models"]["value"]["version"] == 2
    assert versions(shop) == before


def test_a_predicted_day_lets_in_and_templates_know_it(shop: Shop) -> None:
    shop.write(
        MODEL + "journeys: {j: {when: {date: score.value.next, offset: -1d, at: '17:00'}, "
        "steps: [{send: hello, via: mail}]}}\n",
        head=f"plugins: [{TOYS}]\n{HEAD}".replace("Hello {{ customer.id }}", SUBJECT),
    )
    assert shop.entered("2026-01-28T16:00Z") == 0
    assert shop.entered("2026-01-28T18:00Z") == 1  # Ada's next order is on the 29th
    (mail,) = shop.folder.glob("outbox/*/*")
    assert "Subject: early, 29 January" in mail.read_text(encoding="utf-8")


def test_an_edit_of_a_model_lets_nobody_in(shop: Shop, write: Write) -> None:
    journey = "journeys: {j: {when: {enters: late}, steps: [exit]}}\n"
    write(shop, SEGMENTS + journey, models="models: {value: {use: pace, event: order, least: 9}}\n")
    assert shop.entered("2026-01-20") == 0
    write(shop, SEGMENTS + journey)
    assert shop.entered(NOW) == 0
    assert shop.entered("2026-02-03") == 1  # Ada is late by then; Bob was when it was edited


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ("range", "ValueError: alive is 1.6"),
        ("shape", "ValueError: alive has the shape (1,); it should be (3,)"),
        ("names", "ValueError: it scored ['alive', 'mood', 'more', 'next'], and promised"),
        ("objects", "TypeError: the array pauses holds objects"),
        ("nothing", "TypeError: it learned None; return Fitted, or a sentence"),
        ("fails", "ZeroDivisionError: no luck (toys.py, line "),
    ],
)
def test_a_model_that_does_not_keep_its_word_is_named(
    shop: Shop, write: Write, lie: str, told: str
) -> None:
    write(shop, models=f"models: {{value: {{use: pace, event: order, lies: {lie}}}}}\n")
    status, _, err = shop.call("run", str(shop.path), "--at", NOW)
    said = " ".join(err.split())
    assert status != 0
    assert "the model 'pace' of toys (" in said
    assert told in said


def test_what_is_kept_of_somebody_is_exported_with_their_scores(shop: Shop, write: Write) -> None:
    write(shop)
    shop.run(NOW)
    status, out, err = shop.call("customers", "export", str(shop.path), "bob")
    assert status == 0, err
    assert json.loads(out)["scores"] == {
        "value.alive": pytest.approx(2 ** (-18 / 7)),
        "value.next": "2026-01-15T00:00:00+00:00",
        "value.mood": "late",
    }


def test_a_condition_tells_the_score_that_it_looked_at(shop: Shop, write: Write) -> None:
    write(shop, SEGMENTS)
    shop.run(NOW)
    _, out, _ = shop.call("why", str(shop.path), "bob")
    assert "value.alive is 0.1682" in out
    assert "value.mood" in out


def test_a_model_that_is_taken_out_takes_its_scores_along(anywhere: Shop, write: Write) -> None:
    write(anywhere)
    anywhere.run(NOW)
    write(anywhere, models="models: {other: {use: pace, event: order}}\n")
    assert anywhere.plan("2026-01-27")["models"]["other"]["scored"] == 2
    assert why(anywhere, "ada")["scores"] == {"other": {"alive": None, "next": None, "mood": None}}
    anywhere.run("2026-01-27")
    assert why(anywhere, "ada")["scores"]["other"]["mood"] == "early"


def test_a_version_that_was_learned_before_a_crash_scores_the_next_run(
    shop: Shop, write: Write
) -> None:
    good, bad = "use: pace, event: order", "use: pace, event: order, lies: fails"
    write(shop, models=f"models: {{value: {{{good}}}, z: {{{bad}}}}}\n")
    status, _, _ = shop.call("run", str(shop.path), "--at", NOW)
    assert status != 0
    (learned,) = versions(shop)
    write(shop, models=f"models: {{value: {{{good}}}}}\n")
    assert shop.run(NOW)["models"]["value"] == {
        "version": 1, "fitted": False, "scored": 2, "missing": None, "drift": [],
        "warnings": [],
    }  # fmt: skip
    assert versions(shop) == [learned]
