"""Personal: which rows of the store are a customer's own, told by the tables themselves.

A table with a column ``customer`` holds rows of customers; one with ``entry`` or ``delivery`` rows
that hang on theirs. So a table that is added later is exported and erased without being named
here; one that has none of these columns must say why it is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from regulars.customers.columns import attribute_column
from regulars.customers.loading.cells import shown
from regulars.customers.suppressions import address_key
from regulars.playbook.messages import ADDRESS
from regulars.store import of_any_name, tables
from regulars.store.functions import contains

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement, Connection, Table

    from regulars.playbook.playbook import Playbook
    from regulars.store import Tables

IMPERSONAL: Mapping[str, str] = {
    "facts": "what the store knows of itself",
    "event_names": "words of the playbook and of its sources",
    "sources": "the names of sources",
    "loads": "files and queries, with numbers of rows",
    "segments": "definitions",
    "journeys": "instants of runs, and the steps as they were",
    "occurrences": "instants of the clock, with numbers of customers",
    "approvals": "what was asked of the client's own people",
    "allocations": "probabilities of arms",
    "learned": "what analyses keep of finished experiments",
    "models": "what models learned of everybody together",
    "runs": "instants and sums",
}


@dataclass(frozen=True)
class Person:
    """A customer of the store: their number, the client's id, every address known of them."""

    number: int
    key: str
    addresses: frozenset[str]

    def rows(self, table: Table) -> ColumnElement[bool] | None:
        """Which rows of ``table`` are theirs; None if rows of it are nobody's."""
        if table.name in _BY_NAMES:
            return _BY_NAMES[table.name](self)
        if table.name == tables.events.name:
            return and_(of_any_name(table), table.c.customer == self.number)
        if table.name == tables.customers.name:
            mine: ColumnElement[bool] = table.c.id == self.number
            return mine
        if "customer" in table.c:
            return table.c.customer == self.number
        for column, parent in (("entry", tables.entries), ("delivery", tables.deliveries)):
            if column in table.c:
                parents = select(parent.c.id).where(parent.c.customer == self.number)
                return table.c[column].in_(parents)
        return None


def find_person(connection: Connection, own: Tables, playbook: Playbook, key: str) -> Person | None:
    """The customer whom the client calls ``key``, if the store has one."""
    customers, identities, deliveries = own.customers, tables.identities, tables.deliveries
    names = sorted(_address_attributes(playbook, customers))
    columns = [attribute_column(customers, name) for name in names]
    row = connection.execute(
        select(customers.c.id, *columns).where(customers.c.key == key)
    ).one_or_none()
    if row is None:
        return None
    linked = select(identities.c.value).where(
        identities.c.customer == row[0], identities.c.kind.in_(names)
    )
    written_to = select(deliveries.c.address).where(deliveries.c.customer == row[0])
    found = [*row[1:], *connection.scalars(linked), *connection.scalars(written_to)]
    return Person(row[0], key, frozenset(address for address in found if address))


def personal_tables(own: Tables) -> Iterator[Table]:
    """Every table with rows of customers, parents before what hangs on them."""
    with_columns = {
        table.name: table for table in (own.customers, own.events, own.traits, own.scores)
    }
    for name, table in tables.metadata.tables.items():
        if name not in IMPERSONAL:
            yield with_columns.get(name, table)


def _address_attributes(playbook: Playbook, customers: Table) -> Iterator[str]:
    """The attributes that a channel may write to, as far as the store has them."""
    named = {channel.to for channel in playbook.channels.values() if channel.to is not None}
    for name in named.union(filter(None, ADDRESS.values()), ("email", "phone")):
        try:
            attribute_column(customers, name)
        except KeyError:
            continue
        yield name


def _suppressed(person: Person) -> ColumnElement[bool]:
    keys = [address_key(address) for address in sorted(person.addresses)]
    column: ColumnElement[Any] = tables.suppressions.c.key
    return column.in_(keys)


def _named_in_rejects(person: Person) -> ColumnElement[bool]:
    """Rows that could not be loaded show a value: the one that was wrong."""
    theirs = tables.rejects.c.whose == person.key
    others = person.addresses - {person.key}  # a bare id may be any number
    words = {shown(person.key), *map(shown, others), *others}
    reason = tables.rejects.c.reason
    return or_(theirs, *(contains(reason, word) for word in sorted(words)))


_BY_NAMES = {"suppressions": _suppressed, "rejects": _named_in_rejects}
