"""Privacy on demand: all that is stored of one customer told, or erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.privacy.erased import check_key, customer_key
from regulars.customers.privacy.erasing import Erasure, count_rows, erase
from regulars.customers.privacy.exporting import Stored, export
from regulars.customers.privacy.personal import find_person
from regulars.customers.traits import plan_traits
from regulars.errors import StoreError, TemporaryError
from regulars.instants import instant, micros
from regulars.signing import signing_key
from regulars.store import hold, tables
from regulars.store.facts import get_columns

from .reading import no_customer, stored

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.loading import Loaded


def export_customer(loaded: Loaded, key: str) -> dict[str, Any]:
    """All that is stored of the customer ``key``, as it is now.

    Raises:
        StoreError: there is no such customer, or not any more; or nothing has run yet.
    """
    plan = plan_traits(loaded.playbook, loaded.plugins)
    with stored(loaded) as store, store.reading() as connection:
        person = find_person(connection, store.tables, loaded.playbook, key)
        if person is None:
            at = _erased_at(connection, loaded, key)
            raise StoreError(f"{key} was erased on {at:%Y-%m-%d}, so nothing is stored of them")
        return export(Stored(connection, store.tables, get_columns(connection), plan), person)


def holdings(loaded: Loaded, key: str) -> Erasure:
    """What ``erase_customer`` would remove of the customer ``key``.

    Raises:
        StoreError: there never was such a customer; or nothing has run yet.
    """
    with stored(loaded) as store, store.reading() as connection:
        person = find_person(connection, store.tables, loaded.playbook, key)
        if person is None:
            return Erasure(before=_erased_at(connection, loaded, key))
        return count_rows(connection, store.tables, person)


def erase_customer(loaded: Loaded, key: str, now: datetime) -> Erasure:
    """Erase the customer ``key`` for good, while nothing runs; ``now`` is when.

    Who was erased before is not erased again.

    Raises:
        BusyError: a run holds this playbook.
        StoreError: there never was such a customer; or nothing has run yet.
        TemporaryError: a message to them is on its way; or they are erased, but another process
            still reads old pages of the file.
    """
    with stored(loaded) as store, hold(loaded.playbook.store):
        with store.transaction() as connection:
            person = find_person(connection, store.tables, loaded.playbook, key)
            if person is None:
                done = Erasure(before=_erased_at(connection, loaded, key))
            else:
                secret = signing_key(loaded.playbook, make=True)
                done = erase(connection, store.tables, person, secret, micros(now))
        if not store.empty_journal():
            raise TemporaryError(
                f"{key} is erased, but another process is reading the store, so the file beside it "
                "that ends in -wal still has old pages: erase them once more when it has ended"
            )
        return done


def _erased_at(connection: Connection, loaded: Loaded, key: str) -> datetime:
    """When the customer ``key`` was erased.

    Raises:
        StoreError: they never were.
    """
    suppressions = tables.suppressions
    secret = signing_key(loaded.playbook, make=False)
    check_key(connection, secret)
    query = select(suppressions.c.at).where(suppressions.c.key == customer_key(secret, key))
    at = connection.scalar(query)
    if at is None:
        raise no_customer(key)
    return instant(at)
