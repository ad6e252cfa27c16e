"""Exposures: who was given which arm of an experiment, when it first mattered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, literal

from regulars.store import insert_from, tables
from regulars.store.tables import Instant, Name

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select


def expose(connection: Connection, experiment: str, arms: Select[Any], at: int) -> int:
    """Record the arms that ``arms`` selects as (customer, arm), each customer once for ever.

    Returns:
        How many customers had no arm before.
    """
    rows = arms.add_columns(
        literal(experiment, Name), literal(at, Instant), literal(1.0, Double)
    ).distinct()
    columns = ("customer", "arm", "experiment", "at", "probability")
    return insert_from(connection, tables.exposures, columns, rows, skip_existing=True)
