"""Every table is somebody's or nobody's: nothing is forgotten when one is added."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.privacy.erasing import erase
from regulars.customers.privacy.exporting import Stored, export
from regulars.customers.privacy.personal import (
    IMPERSONAL,
    Person,
    find_person,
    personal_tables,
)
from regulars.customers.suppressions import address_key
from regulars.customers.traits import plan_traits
from regulars.hooks import Plugins
from regulars.playbook.playbook import Playbook
from regulars.store import Store, tables
from sqlalchemy import LargeBinary, String, Text, insert, select

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table

PLAYBOOK = Playbook("test", Path("playbook.yaml"))
PERSON = Person(1, "ada", frozenset({"ada@example.com"}))


@pytest.mark.parametrize("name", sorted(tables.metadata.tables))
def test_a_table_has_rows_of_customers_or_a_reason_why_not(name: str) -> None:
    table = tables.metadata.tables[name]
    if name in IMPERSONAL:
        assert not {"customer", "entry", "delivery"} & {*table.c.keys()}
        assert IMPERSONAL[name]
    else:
        assert PERSON.rows(table) is not None


def test_no_reason_is_given_for_a_table_that_is_gone() -> None:
    assert set(IMPERSONAL) <= set(tables.metadata.tables)


def test_all_that_is_stored_of_one_is_exported_and_erased_and_nothing_of_another(
    store_url: str,
) -> None:
    store = Store.open(store_url)
    with store.transaction() as connection:
        for number, name in ((1, "ada"), (2, "bob")):
            fill(connection, store, number, name)
        bobs = owned(connection, store, 2, "bob")
        person = find_person(connection, store.tables, PLAYBOOK, "ada")
        assert person is not None
        told = export(
            Stored(connection, store.tables, {"customers": {}}, plan_of_nothing()), person
        )
        assert len(told) == len(list(personal_tables(store.tables)))
        assert all(told[name] for name in told if name not in {"traits", "scores"})
        erase(connection, store.tables, person, b"secret", 1)
        assert {*owned(connection, store, 1, "ada").values()} == {0}
        assert owned(connection, store, 2, "bob") == bobs
        assert 0 not in bobs.values()
    store.close()


def plan_of_nothing() -> Any:
    return plan_traits(PLAYBOOK, Plugins.load(allow=()))


def fill(connection: Connection, store: Store, number: int, name: str) -> None:
    """A row of the customer in every table that may have one."""
    connection.execute(insert(tables.event_names).values(id=number, name=f"seen by {name}"))
    for table in personal_tables(store.tables):
        row = {column.name: cell(table, column, number, name) for column in table.c}
        connection.execute(insert(table).values(row))


def cell(table: Table, column: Column[Any], number: int, name: str) -> Any:
    if table.name == "suppressions" and column.name == "key":
        return address_key(f"{name}@example.com")
    if (table.name, column.name) == ("events", "properties"):
        return None
    known = {"email": f"{name}@example.com", "address": f"{name}@example.com", "key": name}
    known |= {"reason": f"email: '{name}@example.com' is wrong", "extra": f'{{"x": "{name}"}}'}
    if isinstance(column.type, String | Text):
        return known.get(column.name, f"{column.name} {name}")
    return number.to_bytes(16, "big") if isinstance(column.type, LargeBinary) else number


def owned(connection: Connection, store: Store, number: int, name: str) -> dict[str, int]:
    person = Person(number, name, frozenset({f"{name}@example.com"}))
    counts = {}
    for table in personal_tables(store.tables):
        mine = person.rows(table)
        assert mine is not None
        counts[table.name] = len(connection.execute(select(table).where(mine)).all())
    return counts
