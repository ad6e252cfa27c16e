"""Erasing: what is left is a hash that nobody can read without the key, and counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.privacy import erasing
from regulars.customers.privacy.erased import Erased
from regulars.errors import StoreError, TemporaryError
from regulars.runs.loading import load_playbook
from regulars.runs.privacy import erase_customer
from regulars.signing import key_file
from regulars.store import Store, hold, tables
from sqlalchemy import func, select, update

if TYPE_CHECKING:
    from tests.runs.conftest import Client

AT = datetime(2026, 5, 3, tzinfo=UTC)
JOURNEY = "journeys: {j: {when: {event: order}, again: always, steps: [{send: hello}]}}\n"
ORDERS = ("ada,2026-05-01T08:00,1,bread,3", "bob,2026-05-01T08:10,2,bread,3")


@pytest.fixture
def shop(client: Client, store_url: str) -> Client:
    """A client on each kind of database, where Ada and Bob were written to."""
    client.store = store_url
    client.write(JOURNEY)
    client.orders(*ORDERS)
    client.run("2026-05-01T09:00Z")
    return client


def erase(client: Client, customer: str = "ada") -> Any:
    return erase_customer(load_playbook(client.path), customer, AT)


def rows(client: Client, query: Any) -> list[tuple[Any, ...]]:
    store = Store.open(load_playbook(client.path).playbook.store)
    try:
        with store.reading() as connection:
            return [tuple(row) for row in connection.execute(query)]
    finally:
        store.close()


def change(client: Client, **values: Any) -> None:
    """Give the first delivery, Ada's, these values."""
    store = Store.open(load_playbook(client.path).playbook.store)
    with store.transaction() as connection:
        deliveries = tables.deliveries
        connection.execute(update(deliveries).where(deliveries.c.id == 1).values(values))
    store.close()


def counts(client: Client) -> list[tuple[Any, ...]]:
    kept = [
        tables.deliveries.c[n]
        for n in ("journey", "step", "message", "channel", "state", "reason", "decided_by")
    ]
    return rows(client, select(*kept, func.count()).group_by(*kept))


def test_the_decision_log_keeps_counts_without_the_person(shop: Client) -> None:
    before = counts(shop)
    erase(shop)
    assert counts(shop) == before
    deliveries = tables.deliveries
    theirs = select(deliveries).where(deliveries.c.customer == 0)
    personal = ("address", "detail", "provider_id", "owner", "hold_until")
    shown = rows(
        shop,
        select(*(theirs.selected_columns[n] for n in personal)).where(deliveries.c.customer == 0),
    )
    assert shown == [(None,) * len(personal)]


def test_several_erased_people_keep_a_row_each(shop: Client) -> None:
    before = counts(shop)
    erase(shop, "ada")
    erase(shop, "bob")
    assert counts(shop) == before


def test_what_was_still_to_be_sent_is_skipped_and_what_failed_for_now_has_failed(
    shop: Client,
) -> None:
    state = select(tables.deliveries.c.state, tables.deliveries.c.reason)
    first = state.where(tables.deliveries.c.id == 1)
    change(shop, state="held", reason="quiet_hours", settled_at=None)
    erase(shop)
    assert rows(shop, first) == [("skipped", "suppressed")]
    change(shop, customer=2, state="failed", reason="temporary", entry=7)
    erase(shop, "bob")
    assert rows(shop, first) == [("failed", "permanent")]
    assert shop.run("2026-05-01T10:00Z")["decisions"]["sent"] == 0


def test_nobody_is_erased_while_a_message_to_them_is_on_its_way(shop: Client) -> None:
    change(shop, state="claimed", owner="somebody", lease_until=2**60)
    with pytest.raises(TemporaryError, match="on its way, so nothing was erased"):
        erase(shop)
    assert rows(shop, select(tables.customers.c.key).order_by(tables.customers.c.key)) == [
        ("ada",),
        ("bob",),
    ]
    assert rows(shop, select(tables.suppressions.c.key)) == []
    assert erase(shop, "bob").rows["customers"] == 1


def test_nobody_is_erased_while_a_run_goes_on(shop: Client) -> None:
    with hold(load_playbook(shop.path).playbook.store):
        status, _, err = shop.call("customers", "erase", str(shop.path), "ada", "--yes")
    assert status == 3
    assert "another run holds" in err
    assert len(rows(shop, select(tables.customers.c.key))) == 2


def test_who_was_erased_does_not_come_back_when_their_rows_are_read_again(shop: Client) -> None:
    erase(shop)
    shop.people("ada,ada@example.com,Paris,,", "bob,bob@example.com,Oslo,,", "cy,cy@x.example,,,")
    shop.orders(*ORDERS, "ada,2026-05-02T08:00,3,bread,3", "dan,2026-05-02T08:00,4,cake,3")
    done = shop.run("2026-05-02T09:00Z")
    assert done["ingested"]["people"]["customers"] == 2
    assert done["ingested"]["orders"] == {"customers": 1, "events": 1, "rejected": 0}
    keys = select(tables.customers.c.key).order_by(tables.customers.c.key)
    assert rows(shop, keys) == [("bob",), ("cy",), ("dan",)]
    loads = select(tables.loads.c.origin, tables.loads.c.erased).order_by(tables.loads.c.origin)
    assert rows(shop, loads) == [("orders.csv", 2), ("people.csv", 1)]
    assert "of erased people" in shop.call("sources", str(shop.path))[1]
    planned, done = shop.plan("2026-05-03"), shop.run("2026-05-03")
    del planned["seconds"], done["seconds"]
    assert planned == done


def test_nothing_that_was_wrong_in_their_rows_is_kept(shop: Client) -> None:
    bad = ("ada,ada@example.com,Paris,born on the fourth,", "bob,bob@example.com,Rome,of course,")
    late = ("ada,on Tuesday,3,bread,3", "bob,on Friday,4,bread,3")
    reasons = select(tables.rejects.c.reason)
    shop.people(*bad)
    shop.orders(*ORDERS, *late)
    assert shop.run("2026-05-02T09:00Z")["ingested"]["people"]["rejected"] == 2
    assert "born on the fourth" in str(rows(shop, reasons))
    erase(shop)
    for day in "34":
        kept = str(rows(shop, reasons))
        assert "of course" in kept
        assert "on Friday" in kept
        assert "born on" not in kept
        assert "Tuesday" not in kept
        shop.people(*bad, f"cy{day},,,,")
        shop.orders(*ORDERS, *late, f"cy{day},2026-05-01T08:00,5{day},bread,3")
        shop.run(f"2026-05-0{day}T09:00Z")


def test_an_erased_address_of_somebody_else_is_not_written_to(shop: Client) -> None:
    erase(shop)
    shop.people("bob,bob@example.com,Rome,,", "eve,ADA@example.com,Rome,,")
    shop.orders(*ORDERS, "eve,2026-05-02T08:00,3,bread,3", "bob,2026-05-02T08:00,4,bread,3")
    done = shop.run("2026-05-02T09:00Z")
    assert done["decisions"]["sent"] == 1
    assert done["decisions"]["skipped"] == {"suppressed": 1}
    assert ("eve",) in rows(shop, select(tables.customers.c.key))


def test_an_erasure_that_breaks_off_changes_nothing(
    shop: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as breaking:
        breaking.setattr(erasing, "_make_nobodys", broken)
        with pytest.raises(KeyboardInterrupt):
            erase(shop)
    assert rows(shop, select(tables.suppressions.c.key)) == []
    assert erase(shop).rows["events"] == 1


def test_to_erase_twice_is_to_erase_once(shop: Client) -> None:
    assert erase(shop).rows["customers"] == 1
    suppressed = rows(shop, select(tables.suppressions.c.key))
    again = erase(shop)
    assert (again.rows, again.before) == ({}, AT)
    assert rows(shop, select(tables.suppressions.c.key)) == suppressed


def test_a_customer_who_never_was_is_told(shop: Client) -> None:
    with pytest.raises(StoreError, match="there is no customer 'zoe'"):
        erase(shop, "zoe")


def test_an_id_is_recognised_exactly_and_as_an_address(client: Client) -> None:
    client.people("ada@example.com,,Paris,,", "Bob,,Rome,,", "bob,,Rome,,")
    client.write("")
    client.run("2026-05-01")
    erase(client, "ada@example.com")
    erase(client, "Bob")
    client.people("ada@example.com,,Oslo,,", "Bob,,Oslo,,", "bob,,Oslo,,")
    client.run("2026-05-02")
    assert rows(client, select(tables.customers.c.key)) == [("bob",)]


def test_without_the_key_nothing_is_loaded_rather_than_somebody_brought_back(
    client: Client,
) -> None:
    client.write(JOURNEY)
    client.run("2026-05-01")
    erase(client)
    loaded = load_playbook(client.path)
    key_file(loaded.playbook).unlink()
    client.people("ada,ada@example.com,Oslo,,")
    for command in ("plan", "run"):
        status, _, err = client.call(command, str(client.path), "--at", "2026-05-02")
        assert status == 2
        assert "put the key back" in err
    with pytest.raises(StoreError, match="put the key back"):
        erase(client, "bob")


def test_where_nobody_was_erased_nobody_is_looked_for(sqlite_store: Store) -> None:
    playbook: Any = None  # not even the key is read
    with sqlite_store.reading() as connection:
        assert Erased.of(connection, playbook) is None


def test_the_newest_event_gone_does_not_hide_the_next_one(client: Client) -> None:
    """SQLite gives the number of Ada's event, which the journey has seen, to Bob's."""
    client.write(JOURNEY)
    client.orders("ada,2026-05-01T08:00,1,bread,3")
    client.run("2026-05-01T09:00Z")
    erase(client)
    client.orders("bob,2026-05-01T08:30,2,bread,3")
    assert client.entered("2026-05-01T10:00Z") == 1


def test_the_files_of_the_store_hold_nothing_of_them(client: Client) -> None:
    names = [f"person{n:04}" for n in range(1500)]
    client.people(*(f"{n},{n}@shop.example,Town {n},," for n in names))
    client.orders(
        *(f"{n},2026-05-01T08:{k:02},{k}-{n},item of {n},{k}" for k in range(4) for n in names)
    )
    client.write("traits: {usual: {most_common: order.item}}\n" + JOURNEY)
    client.run("2026-05-01T09:00Z")
    client.people(*(f"{n},{n}@shop.example,Village of {n},," for n in reversed(names)))
    client.run("2026-05-01T10:00Z")
    gone = ["person0000", "person1234", "person1499"]
    assert all(found(client, name) for name in gone)
    for name in gone:
        erase(client, name)
    assert [name for name in gone if found(client, name)] == []
    client.people(*(f"{n},{n}@shop.example,Hamlet of {n},," for n in names))
    client.run("2026-05-01T11:00Z")
    assert [name for name in gone if found(client, name)] == []
    assert found(client, "person1235")


def found(client: Client, name: str) -> list[str]:
    """The files of the store in which ``name`` stands."""
    files = [path for path in (client.folder / ".regulars").iterdir() if path.is_file()]
    return [path.name for path in files if name.encode() in Path(path).read_bytes()]


def test_an_unknown_message_of_theirs_may_be_settled_and_goes_to_nobody(shop: Client) -> None:
    change(shop, state="unknown", reason="no_answer")
    erase(shop)
    words = ("deliveries", "resolve", str(shop.path), "1", "--again")
    status, _, err = shop.call(*words)
    assert status == 0, err
    done = shop.run("2026-05-01T10:00Z")["decisions"]
    assert (done["sent"], sum(done["skipped"].values())) == (0, 1)
