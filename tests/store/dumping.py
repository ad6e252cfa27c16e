"""Everything that a store holds, for comparing before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, select

if TYPE_CHECKING:
    from regulars.store import Store


def dump(store: Store) -> dict[str, tuple[list[str], list[Any]]]:
    """Table → its columns and its rows."""
    with store.reading() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        return {
            table.name: (
                [f"{column.name} {column.type}" for column in table.c],
                sorted(map(repr, connection.execute(select(table)))),
            )
            for table in metadata.sorted_tables
        }
