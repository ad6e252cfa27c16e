"""Who is inside a segment, who came and went, and whose doing it was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from regulars.segments.membership import SegmentCount
from regulars.store import tables
from sqlalchemy import select

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import fit, inside, make_playbook, run, utc, write

if TYPE_CHECKING:
    from datetime import datetime

    from regulars.store import Store

NOW = utc(2026, 3, 31, 12)
DAY = timedelta(days=1)


def order(number: int, time: datetime, total: str = "1") -> Event:
    return Event(number, time, "order", {"total": total})


def changes(store: Store) -> list[tuple[int, bool, bool]]:
    """(customer, entered, by an edit) in the order they were recorded."""
    table = tables.changes
    query = select(table.c.customer, table.c.entered, table.c.by_edit).order_by(table.c.id)
    with store.transaction() as connection:
        return [(row[0], bool(row[1]), bool(row[2])) for row in connection.execute(query)]


def shop(store: Store, segments: dict[str, Any], *people: Person) -> Any:
    playbook = make_playbook(segments)
    fit(store, playbook)
    write(store, playbook, people)
    return playbook


RECENT = {"performed": "order", "within": "90d"}


def test_a_customer_leaves_when_the_last_order_slides_out_of_the_window(store: Store) -> None:
    playbook = shop(store, {"recent": RECENT}, Person("ada", events=(order(1, NOW),)))
    _, first = run(store, playbook, NOW)
    _, last_moment = run(store, playbook, NOW + 90 * DAY - timedelta(microseconds=1))
    _, after = run(store, playbook, NOW + 90 * DAY)
    assert first["recent"] == SegmentCount(members=1, entered=1, left=0)
    assert last_moment["recent"] == SegmentCount(members=1, entered=0, left=0)
    assert after["recent"] == SegmentCount(members=0, entered=0, left=1)
    assert changes(store) == [(1, True, True), (1, False, False)]


def test_an_event_after_now_is_not_seen_yet(store: Store) -> None:
    playbook = shop(store, {"recent": RECENT}, Person("ada", events=(order(1, NOW),)))
    _, before = run(store, playbook, NOW - timedelta(microseconds=1))
    _, then = run(store, playbook, NOW)
    assert before["recent"].members == 0
    assert then["recent"] == SegmentCount(members=1, entered=1, left=0)
    assert changes(store) == [(1, True, False)]


def test_running_again_at_the_same_instant_changes_nothing(store: Store) -> None:
    people = [Person("ada", events=(order(1, NOW),)), Person("bob")]
    playbook = shop(store, {"recent": RECENT, "others": {"none": [RECENT]}}, *people)
    run(store, playbook, NOW)
    recorded = changes(store)
    _, again = run(store, playbook, NOW)
    assert again == {
        "recent": SegmentCount(members=1, entered=0, left=0),
        "others": SegmentCount(members=1, entered=0, left=0),
    }
    assert changes(store) == recorded
    assert inside(store, "recent") == ["ada"]
    assert inside(store, "others") == ["bob"]


def test_an_edited_definition_is_told_from_what_customers_did(store: Store) -> None:
    people = [Person("ada", events=(order(1, NOW),)), Person("bob")]
    run(store, shop(store, {"mine": RECENT}, *people), NOW)
    edited = make_playbook({"mine": {"none": [RECENT]}})
    _, counts = run(store, edited, NOW + DAY)
    assert counts["mine"] == SegmentCount(members=1, entered=1, left=1)
    assert changes(store)[1:] == [(1, False, True), (2, True, True)]


def test_an_edit_of_what_a_segment_refers_to_is_an_edit_of_the_segment(store: Store) -> None:
    def playbook(days: str, segment: str) -> Any:
        segments = {"inner": {"trait": "orders", "at_least": 1}, "outer": {"segment": segment}}
        return make_playbook(segments, {"orders": {"count": "order", "within": days}})

    before, after = playbook("90d", "inner"), playbook("30d", "inner")
    fit(store, before)
    write(store, before, [Person("ada", events=(order(1, NOW - 60 * DAY),))])
    run(store, before, NOW)
    fit(store, after)
    run(store, after, NOW)
    assert changes(store)[2:] == [(1, False, True), (1, False, True)]


def test_a_segment_that_is_gone_loses_its_members_and_comes_back_by_an_edit(store: Store) -> None:
    playbook = shop(store, {"mine": RECENT}, Person("ada", events=(order(1, NOW),)))
    run(store, playbook, NOW)
    run(store, make_playbook({"other": RECENT}), NOW)
    assert inside(store, "mine") == []
    _, counts = run(store, playbook, NOW)
    assert counts["mine"] == SegmentCount(members=1, entered=1, left=0)
    assert changes(store) == [(1, True, True)] * 3


def test_more_segments_than_one_statement_may_have(sqlite_store: Store) -> None:
    segments = {f"s{n}": {"performed": "order", "at_least": n} for n in range(250)}
    playbook = shop(sqlite_store, segments, Person("ada", events=(order(1, NOW),)))
    _, counts = run(sqlite_store, playbook, NOW)
    assert [name for name, count in counts.items() if count.members] == ["s0", "s1"]
