"""Bulk loads: what goes in comes out, and only conflicts of keys are skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.store import insert_from, insert_rows, temporary, update_rows
from regulars.store.tables import Id, Name, Value, customers, events, exposure_facts, identities
from sqlalchemy import BigInteger, Column, bindparam, func, inspect, literal, select, update
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.store import Store
    from sqlalchemy import Connection

COLUMNS = ["customer", "time", "name", "source", "key", "properties"]


def event(number: int, properties: str | None = None) -> tuple[Any, ...]:
    return (number, number * 1_000_000, 1, 1, number.to_bytes(16), properties)


def test_rows_are_kept_exactly(store: Store) -> None:
    texts = [
        "",
        " ",
        "a ",
        "A",
        "a",
        "tab\tline\nback\\slash",
        "'\"%s ? :x \\N",
        "☕\U0001f468",
        None,
    ]
    rows = [(f"k{i}", text, text) for i, text in enumerate(texts)]
    with store.transaction() as connection:
        assert insert_rows(connection, customers, ["key", "email", "extra"], rows) == len(rows)
    query = select(customers.c.key, customers.c.email, customers.c.extra).order_by(customers.c.id)
    with store.transaction() as connection:
        assert [tuple(row) for row in connection.execute(query)] == rows


def test_whole_numbers_keep_all_their_64_bits(store: Store) -> None:
    rows = [(1, "low", -(2**63), 1), (2, "high", 2**63 - 1, 2)]
    with store.transaction() as connection:
        insert_rows(connection, events, ["customer", "properties", "time", "name", "source", "key"],
                    [(c, p, t, n, 1, n.to_bytes(16)) for c, p, t, n in rows])  # fmt: skip
        assert list(connection.scalars(select(events.c.time).order_by(events.c.customer))) == [
            -(2**63),
            2**63 - 1,
        ]


def test_fractions_are_kept_to_the_last_bit(store: Store) -> None:
    values = [0.1, 1 / 3, -1e300, 5e-324, 2.0**53 + 2]
    with store.transaction() as connection:
        insert_rows(connection, exposure_facts, ["experiment", "customer", "name", "value"],
                    [("e", i, "trait:t", value) for i, value in enumerate(values)])  # fmt: skip
        query = select(exposure_facts.c.value).order_by(exposure_facts.c.customer)
        assert list(connection.scalars(query)) == values


def test_existing_rows_are_skipped_and_not_counted(store: Store) -> None:
    with store.transaction() as connection:
        first = insert_rows(connection, events, COLUMNS, map(event, range(100)), skip_existing=True)
        again = insert_rows(
            connection, events, COLUMNS, map(event, range(50, 250)), skip_existing=True
        )
        twice = insert_rows(
            connection, events, COLUMNS, [event(900), event(900)], skip_existing=True
        )
        count = connection.scalar(select(func.count()).select_from(events))
    assert (first, again, twice, count) == (100, 150, 1, 251)


def test_a_skipped_row_leaves_the_existing_one_as_it_was(store: Store) -> None:
    with store.transaction() as connection:
        insert_rows(connection, events, COLUMNS, [event(1, "old")])
        insert_rows(connection, events, COLUMNS, [event(1, "new")], skip_existing=True)
        assert connection.scalar(select(events.c.properties)) == "old"


def test_an_existing_row_is_an_error_when_it_is_not_to_be_skipped(store: Store) -> None:
    with (
        pytest.raises(Exception, match=r"(?i)unique|duplicate"),
        store.transaction() as connection,
    ):
        insert_rows(connection, events, COLUMNS, [event(1), event(1)])


@pytest.mark.parametrize("position", [0, 3, 4])
def test_skipping_hides_no_other_fault(store: Store, position: int) -> None:
    row = list(event(1))
    row[position] = None
    with pytest.raises(Exception, match=r"(?i)null"), store.transaction() as connection:
        insert_rows(connection, events, COLUMNS, [row], skip_existing=True)
    with store.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == 0


def test_no_rows_are_no_trouble(store: Store) -> None:
    with store.transaction() as connection:
        assert insert_rows(connection, events, COLUMNS, []) == 0
        assert insert_rows(connection, events, COLUMNS, [], skip_existing=True) == 0


def test_rows_are_taken_as_they_come(store: Store) -> None:
    alive = 0

    class Row(tuple[Any, ...]):
        __slots__ = ()

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def rows() -> Iterator[Row]:
        nonlocal alive
        for number in range(30_000):
            alive += 1
            assert alive <= 25_000
            yield Row(event(number))

    with store.transaction() as connection:
        assert insert_rows(connection, events, COLUMNS, rows()) == 30_000


def test_a_failing_source_leaves_nothing(store: Store) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield event(1)
        raise ValueError("row 2 is broken")

    with pytest.raises(ValueError, match="row 2"), store.transaction() as connection:
        insert_rows(connection, events, COLUMNS, rows(), skip_existing=True)
    with store.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(events)) == 0


def test_selected_rows_are_inserted_where_none_exists(store: Store) -> None:
    columns = ["kind", "value", "customer"]
    emails = select(literal("email"), customers.c.email, customers.c.id)
    with store.transaction() as connection:
        people = [(f"k{i}", f"{i}@example.com") for i in range(5)]
        insert_rows(connection, customers, ["key", "email"], people)
        only = emails.where(customers.c.key.in_(["k1", "k2"]))
        assert insert_from(connection, identities, columns, only) == 2
        assert insert_from(connection, identities, columns, emails, skip_existing=True) == 3
        assert insert_from(connection, identities, columns, emails, skip_existing=True) == 0


def test_a_table_may_be_filled_from_itself(store: Store) -> None:
    columns = ["kind", "value", "customer"]
    other = identities.alias("other")
    query = select(literal("copy"), identities.c.value, identities.c.customer).join_from(
        identities, other, identities.c.customer == other.c.customer
    )
    with store.transaction() as connection:
        insert_rows(connection, identities, columns, [("email", "a", 1), ("email", "b", 2)])
        assert insert_from(connection, identities, columns, query, skip_existing=True) == 2


def test_selecting_hides_no_other_fault(store: Store) -> None:
    columns = ["kind", "value", "customer"]
    nameless = select(literal("email"), customers.c.email, customers.c.id)
    with store.transaction() as connection:
        insert_rows(connection, customers, ["key"], [("k",)])
    with pytest.raises(DBAPIError, match=r"(?i)null"), store.transaction() as connection:
        insert_from(connection, identities, columns, nameless, skip_existing=True)


def columns() -> tuple[Column[Any], ...]:
    key: Column[int] = Column("id", Id, primary_key=True, autoincrement=False)
    return key, Column("name", Name), Column("text", Value), Column("number", BigInteger)


def test_a_temporary_table_is_gone_afterwards(store: Store) -> None:
    with store.transaction() as connection:
        for _ in range(2):
            with temporary(connection, "mine", *columns()) as table:
                insert_rows(connection, table, ["id", "name"], [(1, "a")])
                assert connection.scalar(select(table.c.name)) == "a"
    with store.transaction() as connection:
        assert not inspect(connection).has_table("mine")


def test_a_temporary_table_ends_with_an_error_too(store: Store) -> None:
    with (
        pytest.raises(DBAPIError),
        store.transaction() as connection,
        temporary(connection, "mine", *columns()) as table,
    ):
        connection.execute(table.insert(), [{"id": 1}, {"id": 1}])
    with store.transaction() as connection, temporary(connection, "mine", *columns()) as table:
        assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_temporary_table_does_not_end_the_transaction(store: Store) -> None:
    def fail_late(connection: Connection) -> None:
        insert_rows(connection, customers, ["key"], [("k",)])
        with temporary(connection, "mine", *columns()):
            pass
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.transaction() as connection:
        fail_late(connection)
    with store.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(customers)) == 0


def test_temporary_text_compares_with_the_stores(store: Store) -> None:
    with store.transaction() as connection, temporary(connection, "mine", *columns()) as table:
        insert_rows(connection, customers, ["key", "email"], [("K", "a "), ("k", "a")])
        insert_rows(connection, table, ["id", "name", "text"], [(1, "k", "a")])
        names = select(customers.c.key).join(table, table.c.name == customers.c.key)
        texts = select(customers.c.key).join(table, table.c.text == customers.c.email)
        assert list(connection.scalars(names)) == list(connection.scalars(texts)) == ["k"]


def test_rows_are_changed_one_by_one_and_only_what_was_found_is_counted(store: Store) -> None:
    texts = ["'\"%s ? :x \\N", "☕", None]
    change = (
        update(customers)
        .where(customers.c.key == bindparam("who"), customers.c.kind == "customer")
        .values(email=bindparam("to"), extra=None)
    )
    with store.transaction() as connection:
        rows = [(f"k{n}", "old", "{}") for n in range(len(texts))]
        insert_rows(connection, customers, ["key", "email", "extra"], rows)
        changes = [{"who": f"k{n}", "to": text} for n, text in enumerate(texts)]
        nobody = {"who": "nobody", "to": "x"}
        assert update_rows(connection, change, [*changes, nobody]) == len(texts)
        found = connection.execute(
            select(customers.c.email, customers.c.extra).order_by(customers.c.key)
        ).all()
    assert [tuple(row) for row in found] == [(text, None) for text in texts]
