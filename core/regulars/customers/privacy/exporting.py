"""Exporting: all that a store holds of one customer, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.lists import items_of
from regulars.instants import instant
from regulars.playbook.sources import BUILT_IN
from regulars.store import tables

from .personal import personal_tables
from .readable import Readable, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, RowMapping, Table

    from regulars.customers.trait_columns import TraitColumn
    from regulars.customers.traits import TraitPlan
    from regulars.store import Tables

    from .personal import Person

_CALLED = {"members": "segments", "changes": "segment_changes"}  # what they are to a reader


@dataclass(frozen=True)
class Stored:
    """A store as it is: its tables, what the types of its own columns are, its traits."""

    connection: Connection
    tables: Tables
    types: Mapping[str, Mapping[str, str]]
    plan: TraitPlan


def export(stored: Stored, person: Person) -> dict[str, Any]:
    """All that the store holds of ``person``: profile, traits, scores, a list for each table."""
    readable = Readable.of(stored.connection)
    told: dict[str, Any] = {}
    for table in personal_tables(stored.tables):
        rows = _rows(stored.connection, table, person)
        match table.name:
            case tables.customers.name:
                told["customer"] = _profile(table, rows[0], stored.types["customers"])
            case tables.traits.name:
                told["traits"] = _traits(table, rows[0], stored.plan) if rows else {}
            case tables.scores.name:
                told["scores"] = _scores(table, rows[0], stored.plan) if rows else {}
            case tables.events.name:
                told["events"] = [readable.event(table, row) for row in rows]
            case name:
                told[_CALLED.get(name, name)] = [readable.row(table, row) for row in rows]
    return told


def _rows(connection: Connection, table: Table, person: Person) -> list[RowMapping]:
    mine = person.rows(table)
    if mine is None:
        return []
    order = [table.c.time, table.c.id] if "time" in table.c else table.primary_key.columns
    return list(connection.execute(select(table).where(mine).order_by(*order)).mappings())


def _profile(customers: Table, row: RowMapping, types: Mapping[str, str]) -> dict[str, Any]:
    """The customer's row: attributes by their names, then what was not declared."""
    told: dict[str, Any] = {"id": row[customers.c.key]}
    told |= {name: row[customers.c[name]] for name in BUILT_IN if name != "id"}
    for column, kind in types.items():
        start, _, name = column.partition("_")
        value = row[customers.c[column]]
        if start == "a":
            told[name] = _attribute(value, kind)
        elif start == "u" and value is not None:
            told.setdefault("samples", {})[name] = value
    return told | {"undeclared": json.loads(row[customers.c.extra] or "{}")}


def _attribute(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    return instant(value) if kind == "time" else value


def _traits(traits: Table, row: RowMapping, plan: TraitPlan) -> dict[str, Any]:
    """Declared traits by their names; what conditions compute by what it is computed of."""
    names = {column.name: name for name, column in plan.traits.items()}
    columns = {column.name: column for column in plan.columns}
    told: dict[str, Any] = {}
    for cell in traits.c:
        column = columns.get(cell.key)
        if column is not None:
            name = names.get(column.name) or column.computes.signature()
            told[name] = _trait(row[cell], column)
    return told


def _scores(scores: Table, row: RowMapping, plan: TraitPlan) -> dict[str, Any]:
    """Scores by their names."""
    told: dict[str, Any] = {}
    for name, column in plan.scores.items():
        if column.name in scores.c:
            told[name] = _score(row[scores.c[column.name]], column.type)
    return told


def _score(value: Any, type_: str) -> Any:
    if value is None:
        return None
    if type_ == "list":
        return items_of(value)
    return instant(value) if type_ == "time" else value


def _trait(value: Any, column: TraitColumn) -> Any:
    if value is None:
        return None
    if column.in_millionths:
        return number(value)
    return instant(value) if column.type == "time" else value
