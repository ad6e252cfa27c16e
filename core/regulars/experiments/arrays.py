"""Arrays: what a query selects as numpy columns, read in bulk and never a row at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

AT_ONCE = 2_000  # rows that are Python objects at a time; more of them only keep its memory busy


def arrays(connection: Connection, query: Select[Any], *types: type) -> tuple[Any, ...]:
    """The columns of ``query``, each as an array of its one of ``types``; NULL is NaN in floats."""
    result = connection.execute(query, execution_options={"stream_results": True})
    parts: list[list[Any]] = [[np.empty(0, kind)] for kind in types]
    while rows := result.fetchmany(AT_ONCE):
        for part, values, kind in zip(parts, zip(*rows, strict=True), types, strict=True):
            part.append(np.array(values, kind))
    return tuple(np.concatenate(part) for part in parts)
