"""Erased addresses: only their keyed hashes are known, so who has one is found in Python."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, func, select

from regulars.customers.privacy.erased import Erased
from regulars.customers.suppressions import folded
from regulars.store import insert_rows, temporary
from regulars.store.tables import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from .candidates import Candidates


@contextmanager
def erased_addresses(
    connection: Connection, candidates: Candidates, attributes: Sequence[ColumnElement[Any]]
) -> Iterator[Table | None]:
    """The erased ones, folded, among the addresses that ``attributes`` hold for the candidates.

    None where nobody was erased.

    Raises:
        StoreError: the playbook's key is not the one under which people were erased.
    """
    known = Erased.of(connection, candidates.scope.playbook)
    if known is None:
        yield None
        return
    people = candidates.scope.tables.customers
    wanted = people.c.id.in_(select(candidates.table.c.customer).where(candidates.open))
    number: Column[int] = Column("id", BigInteger, primary_key=True, autoincrement=False)
    with temporary(connection, "erased", number, Column("address", Value)) as erased:
        found: set[str] = set()
        for attribute in attributes:
            held = connection.scalars(
                select(attribute).where(wanted, func.coalesce(attribute, "") != "").distinct()
            )
            found |= {folded(one) for one in map(str, held) if known.has_address(one)}
        insert_rows(connection, erased, ("id", "address"), enumerate(sorted(found)))
        yield erased
