"""Reading a store as the last run left it: sizes of segments, loads, rejected rows, messages."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, make_url, select

from regulars.errors import StoreError
from regulars.instants import instant
from regulars.store import Store, tables

from .identity import refuse_another
from .rows import rows_with_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from regulars.playbook.loading import Loaded


class NothingHasRunError(StoreError):
    """The store is empty, or there is none yet."""


@contextmanager
def stored(loaded: Loaded) -> Iterator[Store]:
    """The playbook's store, as its last run left it.

    Raises:
        StoreError: nothing has run yet, or the store is another playbook's.
    """
    url = make_url(loaded.playbook.store)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise _nothing_has_run(loaded)
    store = Store.open(loaded.playbook.store)
    try:
        refuse_another(store, loaded.playbook.id)
        last_run(store, loaded)
        yield store
    finally:
        store.close()


def last_run(store: Store, loaded: Loaded) -> datetime:
    """The instant of the last run.

    Raises:
        StoreError: nothing has run yet.
    """
    with store.reading() as connection:
        last = connection.scalar(select(func.max(tables.runs.c.at)))
    if last is None:
        raise _nothing_has_run(loaded)
    return instant(last)


def _nothing_has_run(loaded: Loaded) -> StoreError:
    return NothingHasRunError(
        f"nothing has run yet; start with: regulars run {loaded.playbook.path}"
    )


def no_customer(key: str) -> StoreError:
    """The error for a ``key`` that is no customer's."""
    return StoreError(f"there is no customer '{key}' in the store; look at the id in its source")


def segment_sizes(store: Store, names: Sequence[str]) -> dict[str, int]:
    """How many members each segment has; 0 for one that never ran."""
    members, segments = tables.members, tables.segments
    query = (
        select(segments.c.name, func.count(members.c.customer))
        .select_from(segments.outerjoin(members, members.c.segment == segments.c.id))
        .group_by(segments.c.name)
    )
    with store.reading() as connection:
        sizes = {name: size for name, size in connection.execute(query)}  # noqa: C416 (rows)
    return {name: sizes.get(name, 0) for name in names}


def loads(store: Store) -> list[dict[str, Any]]:
    """Every file and query that was loaded.

    ``erased`` and ``too_old`` count the rows that were left out: of erased people, and events from
    longer ago than they are kept.
    """
    loads, sources = tables.loads, tables.sources
    columns = ("origin", "rows", "rejected", "erased", "too_old", "at")
    query = (
        select(sources.c.name.label("source"), *(loads.c[name] for name in columns))
        .join(sources, sources.c.id == loads.c.source)
        .order_by(sources.c.id, loads.c.origin)
    )
    with store.reading() as connection:
        return rows_with_times(connection, query)


def rejected_rows(store: Store, most: int) -> list[dict[str, Any]]:
    """The newest ``most`` rows that could not be loaded, with their reason."""
    rejects, sources = tables.rejects, tables.sources
    query = (
        select(sources.c.name.label("source"), rejects.c.origin, rejects.c.row, rejects.c.reason)
        .join(sources, sources.c.id == rejects.c.source)
        .order_by(rejects.c.id.desc())
        .limit(most)
    )
    with store.reading() as connection:
        return rows_with_times(connection, query)[::-1]


def messages(
    store: Store, *, state: str | None = None, message: str | None = None, most: int | None = None
) -> tuple[list[dict[str, Any]], int]:
    """The newest ``most`` messages in the ledger, oldest first, and how many there are in all.

    Those in ``state`` and of ``message`` alone, where these are given.
    """
    ledger, customers = tables.deliveries, tables.customers
    columns = (
        *("id", "message", "journey", "step", "channel", "address", "state", "reason", "detail"),
        *("attempts", "provider_id", "planned_at", "settled_at", "hold_until"),
    )
    wanted = [
        column == value
        for column, value in ((ledger.c.state, state), (ledger.c.message, message))
        if value is not None
    ]
    query = (
        select(customers.c.key.label("customer"), *(ledger.c[name] for name in columns))
        .select_from(ledger.outerjoin(customers, customers.c.id == ledger.c.customer))
        .where(*wanted)
        .order_by(ledger.c.id.desc())
        .limit(most)
    )
    with store.reading() as connection:
        found = rows_with_times(connection, query)
        count = connection.scalar(select(func.count()).select_from(ledger).where(*wanted))
    return found[::-1], count or 0
