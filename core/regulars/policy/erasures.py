"""Erased addresses: only their keyed hashes are known, so who has one is found in Python."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, func, select

from regulars.customers.privacy.erased import check_key
from regulars.customers.suppressions import any_erased, erased_among
from regulars.signing import signing_key
from regulars.store import insert_rows, temporary
from regulars.store.tables import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from regulars.playbook.playbook import Playbook

    from .candidates import Candidates


def erased_secret(connection: Connection, playbook: Playbook) -> bytes | None:
    """The secret that recognises erased addresses; None where nobody was erased.

    Raises:
        StoreError: the playbook's key is not the one under which people were erased.
    """
    if not any_erased(connection):
        return None
    secret = signing_key(playbook, make=False)
    check_key(connection, secret)
    return secret


@contextmanager
def erased_addresses(
    connection: Connection, candidates: Candidates, attributes: Sequence[ColumnElement[Any]]
) -> Iterator[Table | None]:
    """The erased ones, folded, among the addresses that ``attributes`` hold for the candidates.

    None where nobody was erased.
    """
    secret = erased_secret(connection, candidates.scope.playbook)
    if secret is None:
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
            found |= set(erased_among(connection, secret, map(str, held.all())))
        insert_rows(connection, erased, ("id", "address"), enumerate(sorted(found)))
        yield erased
