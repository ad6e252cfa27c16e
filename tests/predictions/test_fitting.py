"""When models learn again, what is kept of it, and that nothing is lost or learned twice."""

from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING, Any

import pytest
from regulars.predictions import stage
from regulars.predictions.versions import newest_version
from regulars.store import tables
from sqlalchemy import event, func, select

from .conftest import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shop

    Write = Callable[..., None]

PACE = "models: {{value: {{use: pace, event: order, refit: 1y, traits: [spend]{}}}}}\n"
SPEND = "traits: {spend: {sum: order.total, within: 7d}}\n"
BACK = "models: {value: {use: comeback, event: order, amount: total, days: 7, traits: [spend]}}\n"
NOW = "2026-01-26"


def crowd(shop: Shop, *spells: tuple[int, float], customers: int = 200) -> None:
    """Customers who each order in each week of January, ``(week, amount)``."""
    shop.people(*(f"c{n},,,," for n in range(customers)))
    shop.orders(
        *(
            f"c{n},2026-01-{7 * week + 1 + n % 7:02}T12:00:00Z,{week}-{n},roll,{amount + n % 10}"
            for week, amount in spells
            for n in range(customers)
        )
    )


def scores(shop: Shop) -> list[tuple[Any, ...]]:
    with opened(shop, NOW) as (store, _), store.reading() as connection:
        table = store.tables.scores
        return [tuple(row) for row in connection.execute(select(table).order_by(table.c.customer))]


def versions(shop: Shop) -> list[tuple[Any, ...]]:
    with opened(shop, NOW) as (store, _), store.reading() as connection:
        query = select(tables.models).order_by(*tables.models.primary_key)
        return [tuple(row) for row in connection.execute(query)]


def test_a_drift_is_told_makes_it_learn_again_and_then_is_over(shop: Shop, write: Write) -> None:
    write(shop, SPEND, PACE.format(""))
    crowd(shop, (0, 10), (1, 10), (2, 30))
    assert shop.run("2026-01-15")["models"]["value"]["drift"] == []

    planned = shop.plan("2026-01-22")["models"]["value"]
    done = shop.run("2026-01-22")["models"]["value"]
    again = shop.run("2026-01-22")["models"]["value"]

    (told,) = [each for each in done["drift"] if each.startswith("spend")]
    assert told.startswith("spend drifted: its median went from 14.5 to 34.5 since it learned")
    assert planned == done
    assert (done["version"], done["fitted"]) == (2, True)
    assert (again["version"], again["fitted"], again["drift"]) == (2, False, [])


def test_a_drift_is_printed(shop: Shop, write: Write) -> None:
    write(shop, SPEND, PACE.format(""))
    crowd(shop, (0, 10), (1, 10), (2, 30))
    shop.run("2026-01-15")
    _, out, _ = shop.call("run", str(shop.path), "--at", "2026-01-22")
    assert "value: spend drifted: its median went from 14.5 to 34.5" in out


def test_a_playbook_says_how_far_is_too_far(shop: Shop, write: Write) -> None:
    write(shop, SPEND, PACE.format(", drift: 99"))
    crowd(shop, (0, 10), (1, 10), (2, 30))
    shop.run("2026-01-15")
    assert shop.run("2026-01-22")["models"]["value"] == {
        "version": 1, "fitted": False, "scored": 200, "missing": None, "drift": [],
        "warnings": [],
    }  # fmt: skip
    write(shop, SPEND, PACE.format(", drift: 0"))
    status, _, err = shop.call("check", str(shop.path))
    assert status == 2
    assert "drift" in err


def test_customers_who_stay_as_they_are_do_not_drift(shop: Shop, write: Write) -> None:
    write(shop, SPEND, PACE.format(""))
    crowd(shop, (0, 10), (1, 10), (2, 10))
    shop.run("2026-01-15")
    assert shop.run("2026-01-22")["models"]["value"]["drift"] == []


def test_what_drifted_is_told_though_it_can_not_learn_anew(shop: Shop, write: Write) -> None:
    write(shop, "retention: {events: 10d}\n" + SPEND, PACE.format(""))
    crowd(shop, (0, 10), (1, 10), (3, 30))
    shop.run("2026-01-15")
    later = shop.run("2026-01-29")["models"]["value"]
    assert later["missing"] == "0 pauses; 2 are needed"
    assert any(each.startswith("spend drifted") for each in later["drift"])
    assert later["version"] == 1


def test_the_twenty_newest_versions_of_each_model_are_kept(shop: Shop, write: Write) -> None:
    for day in range(1, 23):
        settings = f"{{use: pace, event: order, usual: {day}}}"
        write(shop, models=f"models: {{value: {settings}, other: {{use: pace, event: order}}}}\n")
        shop.run(NOW)
    kept = [row[:2] for row in versions(shop)]
    assert kept == [("other", 1), *(("value", number) for number in range(3, 23))]


def test_a_run_that_is_killed_before_its_scores_are_written_loses_nothing(
    anywhere: Shop, write: Write
) -> None:
    write(anywhere, models=PACE.format("").replace(", traits: [spend]", ""))

    def killed() -> None:
        stage._write = lambda *_: os._exit(9)
        anywhere.call("run", str(anywhere.path), "--at", NOW)

    process = multiprocessing.get_context("fork").Process(target=killed)
    process.start()
    process.join()
    assert process.exitcode == 9
    learned = versions(anywhere)
    assert [row[:2] for row in learned] == [("value", 1)]
    assert scores(anywhere) == []

    count = anywhere.run(NOW)["models"]["value"]
    assert (count["version"], count["fitted"], count["scored"]) == (1, False, 2)
    first = scores(anywhere)
    anywhere.run(NOW)
    assert versions(anywhere) == learned
    assert scores(anywhere) == first


def test_events_of_later_do_not_matter(shop: Shop, write: Write) -> None:
    """Neither to what is learned, at cut-offs too, nor to scores, nor to how good they were."""
    weekly = [f"ada,2026-01-{day:02},a{day},roll,5" for day in (1, 8, 15, 22)]
    shop.orders(*weekly)
    write(shop, SPEND, BACK)
    shop.run(NOW)
    known, said = versions(shop), scores(shop)
    shop.orders(*weekly, *(f"bob,2026-0{month}-09,b{month},tea,9" for month in (2, 3)))
    (shop.folder / ".regulars" / "shop.db").unlink()
    shop.run(NOW)

    assert scores(shop) == said
    assert versions(shop) == known
    with opened(shop, NOW) as (store, _), store.reading() as connection:
        assert connection.scalar(select(func.max(store.tables.events.c.time))) > known[0][4]
        version = newest_version(connection, "value")
    assert version is not None
    assert version.fitted.parameters["before"] == {"spend": 5}


def test_what_several_models_read_is_read_once(shop: Shop, write: Write) -> None:
    model = "{use: pace, event: order, amount: total, traits: [spend], attributes: [city]}"
    write(shop, SPEND, f"models: {{a: {model}, b: {model}, c: {model}}}\n")
    shop.run(NOW)
    asked: list[str] = []
    with opened(shop, NOW) as (store, scope):
        event.listen(
            store.engine, "before_cursor_execute", lambda *given: asked.append(given[2].lower())
        )
        counts = stage.predict(store, scope)
    assert [count.scored for count in counts.values()] == [2, 2, 2]
    assert len([each for each in asked if "from events" in each]) == 1
    assert len([each for each in asked if "traits.t_spend" in each]) == 1


@pytest.mark.parametrize("drift", ["-1", "much", ".inf"])
def test_a_bound_is_a_number_above_nothing(shop: Shop, write: Write, drift: str) -> None:
    write(shop, SPEND, PACE.format(f", drift: {drift}"))
    assert shop.call("check", str(shop.path))[0] == 2
