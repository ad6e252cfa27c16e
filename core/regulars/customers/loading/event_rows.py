"""Event rows: columns of a source turned into columns of the events table, many rows at a time.

Every function works on whole columns, because a million rows must not cost a million calls. A bad
value anywhere is a ValueError; who calls finds the row by halving.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from regulars.stored import VALUE_LENGTH, amount_column, amount_of, text_column, text_of

from . import cells
from .event_keys import SIZE, ContentKeys, keys_of_ids
from .id_columns import ids
from .instant_columns import InstantColumns
from .packed import pack, unpack
from .reasons import of_field
from .remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from .source_columns import Fields

    Properties = Mapping[str, Sequence[Any]]

REQUIRED = ("customer", "time")
_OWN = frozenset({"customer", "time", "id", "event"})


@dataclass(frozen=True)
class EventRows:
    """Equally long columns; ``keys`` make each event countable once, however often it comes.

    ``used`` are the columns of the properties in use, in the order of ``EventReader.columns``.
    ``by_local_times`` says that keys were made of times without an offset.
    """

    customers: Sequence[str]
    times: Sequence[int]
    names: Sequence[str]
    keys: Sequence[bytes]
    properties: Sequence[str | None]
    used: Sequence[Sequence[Any]]
    by_local_times: bool = False

    def __reduce__(self) -> tuple[Any, ...]:
        columns = (self.customers, self.times, self.names, self.properties, *self.used)
        return _unpacked, ([pack(c) for c in columns], b"".join(self.keys), self.by_local_times)


def _unpacked(packed: Sequence[Any], keys: bytes, by_local_times: bool) -> EventRows:  # noqa: FBT001 (pickle's)
    customers, times, names, properties, *used = map(unpack, packed)
    each = [keys[place : place + SIZE] for place in range(0, len(keys), SIZE)]
    return EventRows(customers, times, names, each, properties, used, by_local_times)


@dataclass(frozen=True)
class Unkeyed:
    """Events without their keys; ``ids`` or else ``contents`` say what makes each one itself."""

    rows: EventRows
    ids: Sequence[str] | None
    contents: Sequence[str] | None


class EventReader:
    """Reads the fields of a source of events.

    ``texts`` and ``amounts`` are the properties that the store keeps in columns of their own. A
    row is bad when one of ``totals`` is no number; another of ``amounts`` is unknown there.
    ``event`` is the name of all events, or None where a field says it. Times without an offset
    are local to ``zone``. Keys are those of the source called ``source``.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (all that a playbook says of events)
        self,
        source: str,
        event: str | None,
        zone: ZoneInfo,
        texts: Collection[str],
        amounts: Collection[str],
        totals: Collection[str],
    ) -> None:
        self._source, self._event = source, event
        self._contents = ContentKeys(source)
        self._texts, self._amounts = sorted(texts), sorted(amounts)
        self._zone = zone
        self._plain_instants = InstantColumns(zone)
        self._instants = Remembered(self._instant)
        self._local_times = False
        self._amount_of = {n: cells.amount if n in totals else amount_of for n in self._amounts}
        self._remembered = {n: Remembered(read) for n, read in self._amount_of.items()}

    @property
    def required(self) -> tuple[str, ...]:
        """The fields that every row must have."""
        return REQUIRED if self._event else (*REQUIRED, "event")

    @property
    def whose(self) -> str:
        """The field with the id of the customer."""
        return "customer"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the properties in use."""
        return (*map(text_column, self._texts), *map(amount_column, self._amounts))

    def read(self, fields: Fields) -> Unkeyed:
        """The rows, or a ValueError that says what is wrong with one of them."""
        own = {n: self._plain(n, fields) for n in sorted(fields.values) if n not in _OWN}
        customers, times = _ids("customer", fields), self._times(fields)
        names = [self._event] * fields.rows if self._event else _ids("event", fields)
        properties = _as_json(own, fields)
        own_ids = _ids("id", fields) if "id" in fields.values else None
        contents = None
        if own_ids is None:
            contents = _contents(customers, times, names, properties, fields.cursor)
        used = [*self._used_texts(own, fields), *self._used_amounts(own, fields)]
        rows = EventRows(customers, times, names, (), properties, used)
        return Unkeyed(rows, own_ids, contents)

    def settled(self, read: Unkeyed) -> EventRows:
        """The events with their keys; equal ones are counted in the order in which they come."""
        if read.ids is not None:
            return replace(read.rows, keys=keys_of_ids(self._source, read.ids))
        keys = self._contents.keys(read.contents or ())
        return replace(read.rows, keys=keys, by_local_times=self._local_times)

    def _plain(self, name: str, fields: Fields) -> Sequence[Any]:
        """A property's values as JSON has them; texts in use must fit their column."""
        column = fields.values[name]
        longest = VALUE_LENGTH if name in self._texts else None
        with of_field(name):
            if name in fields.written:
                cells.check_texts(column, longest, fields.written[name])
                return column
            if longest is not None:
                cells.check_texts([text for text in column if type(text) is str], longest)
            return [cells.jsonable(value) for value in column]

    def _times(self, fields: Fields) -> list[int]:
        column = fields.values["time"]
        with of_field("time"):
            if "time" in fields.written:
                plain = self._plain_instants.read(column, fields.written["time"])
                if plain is not None:
                    self._local_times |= cells.is_local(column[0])  # all are written alike
                    return plain
            elif bool in set(map(type, column)):
                raise ValueError("true and false are no times")
            instants = self._instants
            times = [instants[value] for value in column]
            if None in times:
                raise ValueError("is empty; every event needs one")
            return times  # type: ignore[return-value]

    def _instant(self, value: Any) -> int | None:
        self._local_times |= cells.is_local(value)
        return cells.instant(value, self._zone)

    def _used_texts(self, own: Properties, fields: Fields) -> Iterator[Sequence[str | None]]:
        for name in self._texts:
            column = own.get(name)
            if column is None:
                yield (None,) * fields.rows
            elif name in fields.written and "" not in column:
                yield column
            else:
                yield [text_of(value) or None for value in column]

    def _used_amounts(self, own: Properties, fields: Fields) -> Iterator[Sequence[int | None]]:
        for name in self._amounts:
            known, read = self._remembered[name], self._amount_of[name]
            column = own.get(name, (None,) * fields.rows)
            with of_field(name):
                if name in fields.written or set(map(type, column)) <= _HASHED_ALIKE:
                    yield list(map(known.__getitem__, column))
                else:
                    yield [read(value) for value in column]


_HASHED_ALIKE = frozenset({str, int, float, type(None)})  # 1 and 1.0 are the same number


def _ids(field: str, fields: Fields) -> Sequence[str]:
    with of_field(field):
        return ids(fields.values[field], "event", fields.written.get(field))


def _as_json(own: Properties, fields: Fields) -> Sequence[str | None]:
    """The known properties of each row as one JSON object; None where nothing is known."""
    if not own:
        return [None] * fields.rows
    names = [f"{encode_basestring(name)}: " for name in own]
    if all(name in fields.written and "" not in column for name, column in own.items()):
        return _all_known(names, own.values(), fields.rows)
    pieces = [_pieces(name, column) for name, column in zip(names, own.values(), strict=True)]
    joined = [", ".join(filter(None, row)) for row in zip(*pieces, strict=True)]
    return ["{" + row + "}" if row else None for row in joined]


def _all_known(names: Sequence[str], columns: Iterable[Sequence[str]], rows: int) -> list[str]:
    """One object a row, all joined and cut at once: encoded text has no line feeds."""
    width = 2 * len(names) + 1
    pieces = [piece for name in names for piece in (", " + name, "")]
    parts = ["{" + pieces[0][2:], *pieces[1:], "}\n"] * rows
    for place, column in enumerate(columns):
        parts[2 * place + 1 :: width] = map(encode_basestring, column)
    return "".join(parts).split("\n")[:-1]


def _pieces(name: str, column: Sequence[Any]) -> list[str]:
    return ["" if value is None or value == "" else name + _encoded(value) for value in column]


def _encoded(value: Any) -> str:
    return (
        encode_basestring(value)
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )


def _contents(
    customers: Sequence[str],
    times: Sequence[int],
    names: Sequence[str],
    properties: Sequence[str | None],
    cursor: Sequence[Any] | None,
) -> list[str]:
    """What each row says, unambiguously: its instant, in whatever zone that is written."""
    contents = [
        f"{encode_basestring(customer)},{time},{encode_basestring(name)},{rest}"
        for customer, time, name, rest in zip(customers, times, names, properties, strict=True)
    ]
    if cursor is None:
        return contents
    places = [value if type(value) is str else cells.text(value) or "" for value in cursor]
    return [f"{content},{place}" for content, place in zip(contents, places, strict=True)]
