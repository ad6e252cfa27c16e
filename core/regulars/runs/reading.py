"""Reading a store as the last run left it: sizes of segments, loads, rejected rows."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, make_url, select

from regulars.errors import StoreError
from regulars.instants import instant
from regulars.store import Store, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regulars.playbook.loading import Loaded


@contextmanager
def stored(loaded: Loaded) -> Iterator[Store]:
    """The playbook's store.

    Raises:
        StoreError: nothing has run yet.
    """
    url = make_url(loaded.playbook.store)
    if url.get_backend_name() == "sqlite" and not _exists(url.database):
        raise StoreError(
            f"there is no store at {url.database} yet; start with: regulars run "
            f"{loaded.playbook.path}"
        )
    store = Store.open(loaded.playbook.store)
    try:
        yield store
    finally:
        store.close()


def _exists(database: str | None) -> bool:
    return database is not None and Path(database).exists()


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
    """Every file and query that was loaded."""
    loads, sources = tables.loads, tables.sources
    query = (
        select(sources.c.name.label("source"), loads)
        .join(sources, sources.c.id == loads.c.source)
        .order_by(sources.c.id, loads.c.origin)
    )
    with store.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        {
            "source": row["source"],
            "origin": row["origin"],
            "rows": row["rows"],
            "rejected": row["rejected"],
            "at": instant(row["at"]),
        }
        for row in rows
    ]


def rejected_rows(store: Store, most: int) -> list[dict[str, Any]]:
    """The newest ``most`` rows that could not be loaded, with their reason."""
    rejects, sources = tables.rejects, tables.sources
    query = (
        select(sources.c.name, rejects.c.origin, rejects.c.row, rejects.c.reason)
        .join(sources, sources.c.id == rejects.c.source)
        .order_by(rejects.c.id.desc())
        .limit(most)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [
        {"source": source, "origin": origin, "row": row, "reason": reason}
        for source, origin, row, reason in reversed(rows)
    ]
