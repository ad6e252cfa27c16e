"""Rows of the store for people: what its columns keep as microseconds becomes a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.instants import instant

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

MOMENTS = {"at", "since", "first", "last", "time"}  # columns that hold an instant


def rows_with_times(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    """What ``query`` selects, by the names of its columns."""
    return [
        {name: _shown(name, value) for name, value in row.items()}
        for row in connection.execute(query).mappings()
    ]


def _shown(name: str, value: Any) -> Any:
    if value is not None and (name in MOMENTS or name.endswith(("_at", "_until"))):
        return instant(value)
    return value
