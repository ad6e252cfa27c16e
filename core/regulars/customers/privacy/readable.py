"""Readable: rows of the store as a person would read them, ready for JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, SmallInteger, select

from regulars.customers.profiles import in_units
from regulars.instants import instant
from regulars.store import tables
from regulars.store.schema import properties_kept
from regulars.store.tables import Instant
from regulars.stored import amount_column, text_column

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from sqlalchemy import Column, Connection, RowMapping, Table

_OWN_NUMBERS = ("customer",)  # the store's number of the customer says nothing to anybody


@dataclass(frozen=True)
class Readable:
    """What the numbers of a store's things are called."""

    names: Mapping[str, Mapping[int, str]]

    @classmethod
    def of(cls, connection: Connection) -> Readable:
        """The names in a store."""
        named = (tables.segments, tables.sources, tables.event_names)
        return cls(
            {
                table.name: {
                    row.id: row.name for row in connection.execute(select(table.c.id, table.c.name))
                }
                for table in named
            }
        )

    def row(self, table: Table, row: RowMapping) -> dict[str, Any]:
        """A row of any table."""
        return {
            column.name: self._cell(column, row[column])
            for column in table.c
            if column.name not in _OWN_NUMBERS
        }

    def event(self, events: Table, row: RowMapping) -> dict[str, Any]:
        """A row of the events; of one that was rolled up, the sums that are left."""
        properties = row[events.c.properties]
        if properties is not None:
            known = json.loads(properties)
        else:
            texts, amounts = properties_kept(events)
            known = {name: row[events.c[text_column(name)]] for name in texts}
            known |= {name: number(row[events.c[amount_column(name)]]) for name in amounts}
        return {
            "id": row[events.c.id],
            "event": self.names["event_names"].get(row[events.c.name]),
            "time": instant(row[events.c.time]),
            "times": row[events.c.times],
            "source": self.names["sources"].get(row[events.c.source]),
            "properties": {name: value for name, value in known.items() if value is not None},
            "key": row[events.c.key].hex(),
        }

    def _cell(self, column: Column[Any], value: Any) -> Any:
        if value is None:
            return None
        if column.name in ("segment", "source"):
            return self.names[f"{column.name}s"].get(value, value)
        if column.type is Instant:
            return instant(value)
        if isinstance(column.type, SmallInteger):
            return bool(value)
        return bytes(value).hex() if isinstance(column.type, LargeBinary) else value


def number(millionths: float | None) -> int | float | None:
    """An amount as JSON has it."""
    if millionths is None:
        return None
    units: Decimal = in_units(millionths)
    return int(units) if units == int(units) else float(units)
