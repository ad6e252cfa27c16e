"""Event rows: columns of a source turned into columns of the events table, many rows at a time.

Every function works on whole columns, because a million rows must not cost a million calls. A bad
value anywhere is a ValueError; who calls finds the row by halving.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from regulars.store.schema import text_of
from regulars.store.tables import VALUE_LENGTH

from . import cells
from .instant_columns import InstantColumns
from .reasons import of_field
from .remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from .source_columns import Fields

REQUIRED = ("customer", "time")
_OWN = frozenset({"customer", "time", "id", "event"})


@dataclass(frozen=True)
class EventRows:
    """Equally long columns; ``ids`` or else ``contents`` say what makes each event itself.

    ``used`` are the columns of the properties in use, in the order of ``EventReader.columns``.
    """

    customers: Sequence[str]
    times: Sequence[int]
    names: Sequence[str]
    ids: Sequence[str] | None
    contents: Sequence[str] | None
    properties: Sequence[str | None]
    used: Sequence[Sequence[Any]]


class EventReader:
    """Reads the fields of a source of events.

    ``texts`` and ``amounts`` are the properties that the store keeps in columns of their own;
    ``event`` is the name of all events, or None where a field says it.
    """

    def __init__(
        self, event: str | None, zone: ZoneInfo, texts: Collection[str], amounts: Collection[str]
    ) -> None:
        self._event = event
        self._texts, self._amounts = sorted(texts), sorted(amounts)
        self._plain_instants = InstantColumns(zone)
        self._instants = Remembered(partial(cells.instant, zone=zone))
        self._millionths = Remembered(cells.amount)

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that every row must have."""
        return REQUIRED if self._event else (*REQUIRED, "event")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the properties in use."""
        return (*(f"p_{name}" for name in self._texts), *(f"n_{name}" for name in self._amounts))

    def read(self, fields: Fields) -> EventRows:
        """The rows, or a ValueError that says what is wrong with one of them."""
        values = fields.values
        customers = _keys("customer", values["customer"])
        times = self._times(values["time"])
        names = (
            [self._event] * fields.rows if self._event else _keys("event", values.get("event", ()))
        )
        own = {n: _plain(n, column) for n, column in sorted(values.items()) if n not in _OWN}
        properties = _as_json(own, fields.rows)
        ids = _keys("id", values["id"]) if "id" in values else None
        contents = None if ids is not None else _contents(fields, customers, names, properties)
        return EventRows(
            customers, times, names, ids, contents, properties, self._used(own, fields)
        )

    def _times(self, column: Sequence[Any]) -> list[int]:
        with of_field("time"):
            types = set(map(type, column))
            if types == {str} and (plain := self._plain_instants.read(column)) is not None:
                return plain
            if bool in types:
                raise ValueError("true and false are no times")
            instants = self._instants
            times = [instants[value] for value in column]
            if None in times:
                raise ValueError("is empty; every event needs one")
            return times  # type: ignore[return-value]

    def _used(self, own: dict[str, Sequence[Any]], fields: Fields) -> list[Sequence[Any]]:
        unknown = (None,) * fields.rows
        texts = [_used_texts(name, own.get(name, unknown)) for name in self._texts]
        return texts + [self._used_amounts(name, own.get(name, unknown)) for name in self._amounts]

    def _used_amounts(self, name: str, column: Sequence[Any]) -> Sequence[Any]:
        with of_field(name):
            if set(map(type, column)) <= _HASHED_ALIKE:
                known = self._millionths
                return [known[value] for value in column]
            return [cells.amount(value) for value in column]


_HASHED_ALIKE = frozenset({str, int, float, type(None)})  # 1 and 1.0 are the same number


def _only_text(column: Sequence[Any]) -> bool:
    return set(map(type, column)) <= {str}


def _keys(field: str, column: Sequence[Any]) -> Sequence[str]:
    """Ids: none empty, none longer than 190 characters."""
    with of_field(field):
        if not _only_text(column):
            column = [cells.text(value) for value in column]
        if "" in column or None in column:
            raise ValueError("is empty; every event needs one")
        cells.check_texts(column, cells.KEY_LENGTH)
    return column


def _plain(name: str, column: Sequence[Any]) -> Sequence[Any]:
    """Values that JSON has; the empty text is None only where other types stand beside it."""
    with of_field(name):
        if _only_text(column):
            cells.check_texts(column)
            return column
        return [cells.jsonable(value) for value in column]


def _as_json(own: dict[str, Sequence[Any]], rows: int) -> list[str | None]:
    """The known properties of each row as one JSON object; None where nothing is known."""
    if not own:
        return [None] * rows
    columns = list(own.values())
    names = [f"{encode_basestring(name)}: " for name in own]
    if all(_only_text(column) and "" not in column for column in columns):
        form = "{" + ", ".join(name.replace("%", "%%") + "%s" for name in names) + "}"
        encoded = zip(*(map(encode_basestring, column) for column in columns), strict=True)
        return [form % row for row in encoded]
    pieces = [_pieces(name, column) for name, column in zip(names, columns, strict=True)]
    joined = [", ".join(filter(None, row)) for row in zip(*pieces, strict=True)]
    return ["{" + row + "}" if row else None for row in joined]


def _pieces(name: str, column: Sequence[Any]) -> list[str]:
    if _only_text(column):
        return [name + encode_basestring(value) if value else "" for value in column]
    return [
        "" if value is None or value == "" else name + json.dumps(value, ensure_ascii=False)
        for value in column
    ]


def _contents(
    fields: Fields,
    customers: Sequence[str],
    names: Sequence[str],
    properties: Sequence[str | None],
) -> list[str]:
    """What each row says, unambiguously: the time as it is written, so that zones don't matter."""
    times = _written(fields.values["time"])
    contents = [
        f"{encode_basestring(customer)},{encode_basestring(time)},{encode_basestring(name)},{rest}"
        for customer, time, name, rest in zip(customers, times, names, properties, strict=True)
    ]
    if fields.cursor is None:
        return contents
    places = _written(fields.cursor)
    return [f"{content},{place}" for content, place in zip(contents, places, strict=True)]


def _written(column: Sequence[Any]) -> Sequence[str]:
    return column if _only_text(column) else [cells.text(value) or "" for value in column]


def _used_texts(name: str, column: Sequence[Any]) -> Sequence[str | None]:
    with of_field(name):
        if _only_text(column):
            cells.check_texts(column, VALUE_LENGTH)
            return [value or None for value in column] if "" in column else column
        texts = [text_of(value) or None for value in column]
        if any(type(v) is str and len(v) > VALUE_LENGTH for v in column):
            raise ValueError(f"is longer than {VALUE_LENGTH} characters")
        return texts
