"""Customer rows: fields of a source turned into columns of the customers table.

An empty cell is an unknown value and becomes NULL. Fields that nobody declared go into one JSON
object, ``consent.TOPIC`` and ``consent.TOPIC.CHANNEL`` into consents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from regulars.customers.columns import unit_vector
from regulars.playbook.sources import BUILT_IN, CONSENT, KINDS_OF_CUSTOMER
from regulars.stored import attribute_column, vector_columns

from . import cells
from .id_columns import ids
from .reasons import of_field
from .remembered import Remembered

if TYPE_CHECKING:
    from regulars.playbook.playbook import Attribute, CustomerProfile

    from .source_columns import Fields

REQUIRED = ("id",)
LATITUDE, LONGITUDE = ".latitude", ".longitude"
_NOWHERE = (None, None, None)
Column = Sequence[Any]


@dataclass(frozen=True)
class CustomerRows:
    """Equally long columns: ``keys``, then those of ``columns`` by their name in the table.

    ``extra`` is JSON or None for each row, ``extra_fields`` the names that it may hold;
    ``consents`` are 1, 0 or None by (topic, channel); ``identities`` normalised, by kind.
    """

    keys: Sequence[str]
    columns: Mapping[str, Column]
    extra: Sequence[str | None] | None
    extra_fields: frozenset[str] = frozenset()
    consents: Mapping[tuple[str, str], Column] = field(default_factory=dict)
    identities: Mapping[str, Column] = field(default_factory=dict)


class CustomerReader:
    """Reads the fields of a source of customers as the playbook's ``profile`` declares them."""

    required: Sequence[str] = REQUIRED
    whose = "id"

    def __init__(self, profile: CustomerProfile, zone: ZoneInfo) -> None:
        self._declared = profile.attributes
        self._identities = profile.identities
        self._zone = zone
        self._parsers = {name: self._parser(name) for name in {**BUILT_IN, **profile.attributes}}

    def read(self, fields: Fields) -> CustomerRows:
        """The rows, or a ValueError that says what is wrong with one of them."""
        values = dict(fields.values)
        with of_field("id"):
            keys = ids(values.pop("id"), "customer", fields.written.get("id"))
        points = self._points(values)
        known = {
            n: self._parsed(n, values.pop(n), only_text=n in fields.written)
            for n in list(values)
            if n in self._parsers
        }
        consents = {_consent(n): _answers(n, values.pop(n)) for n in list(values) if _is_consent(n)}
        columns: dict[str, Column] = {}
        for name, column in (known | points).items():
            columns |= self._stored(name, column)
        identities = {
            name: [_identity(name, value) for value in columns[_column(name)]]
            for name in self._identities
            if _column(name) in columns
        }
        extra = _extra(values, fields.rows) if values else None
        return CustomerRows(keys, columns, extra, frozenset(values), consents, identities)

    def settled(self, rows: CustomerRows) -> CustomerRows:
        """The rows; nothing depends on those before them."""
        return rows

    def _points(self, values: dict[str, Column]) -> dict[str, Column]:
        """Points that come in two columns, taken out of ``values``."""
        found: dict[str, Column] = {}
        for name, attribute in self._declared.items():
            pair = (name + LATITUDE, name + LONGITUDE)
            if attribute.type == "point" and pair[0] in values and pair[1] in values:
                with of_field(name):
                    found[name] = [
                        cells.on_earth(cells.number(a), cells.number(b))
                        for a, b in zip(values.pop(pair[0]), values.pop(pair[1]), strict=True)
                    ]
        return found

    def _parsed(self, name: str, column: Column, *, only_text: bool) -> Column:
        parse = self._parsers[name]
        at_once = _OF_TEXTS.get(parse) if only_text else None
        with of_field(name):
            return [parse(value) for value in column] if at_once is None else at_once(column)

    def _parser(self, name: str) -> Callable[[Any], Any]:
        if name in _OF_BUILT_IN:
            return _OF_BUILT_IN[name]
        attribute = self._declared.get(name)
        parse = self._of_type("text" if attribute is None else attribute.type)
        return parse if attribute is None or not attribute.one_of else _one_of(parse, attribute)

    def _of_type(self, kind: str) -> Callable[[Any], Any]:
        parsers: dict[str, Callable[[Any], Any]] = {
            "text": cells.short_text,
            "number": cells.number,
            "integer": cells.integer,
            "boolean": cells.boolean,
            "date": partial(cells.day, zone=self._zone),
            "time": partial(cells.instant, zone=self._zone),
            "point": cells.point,
        }
        return parsers[kind]

    def _stored(self, name: str, column: Column) -> dict[str, Column]:
        attribute = self._declared.get(name)
        if name in BUILT_IN or attribute is None or attribute.type != "point":
            return {_column(name): column}
        stored: dict[str, Column] = {
            _column(name): [value and f"{value[0]!r},{value[1]!r}" for value in column]
        }
        vectors = [_NOWHERE if value is None else unit_vector(*value) for value in column]
        for place, axis in enumerate(vector_columns(name)):
            stored[axis] = [vector[place] for vector in vectors]
        return stored


def _column(name: str) -> str:
    """The column of the customers table that keeps the attribute ``name``."""
    return name if name in BUILT_IN else attribute_column(name)


def _one_of(parse: Callable[[Any], Any], attribute: Attribute) -> Callable[[Any], Any]:
    allowed = {parse(value) for value in attribute.one_of or ()}
    words = ", ".join(map(str, attribute.one_of or ()))

    def check(value: Any) -> Any:
        found = parse(value)
        if found is not None and found not in allowed:
            raise ValueError(f"{cells.shown(value)} is not one of {words}")
        return found

    return check


def _kind(value: Any) -> str:
    word = (cells.text(value) or "").strip().lower() or KINDS_OF_CUSTOMER[0]
    if word not in KINDS_OF_CUSTOMER:
        raise ValueError(f"{cells.shown(value)} is not one of {', '.join(KINDS_OF_CUSTOMER)}")
    return word


def _trimmed(value: Any) -> str | None:
    return (cells.short_text(value) or "").strip() or None


def _all_trimmed(column: Sequence[str]) -> Column:
    return [(value or "").strip() or None for value in cells.short_texts(column)]


# How a column of texts is read at once.
_OF_TEXTS: Mapping[Callable[[Any], Any], Callable[[Column], Column]] = {
    cells.short_text: cells.short_texts,
    _trimmed: _all_trimmed,
}


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_ZONES = Remembered(_known_zone, 1_000)


def _timezone(value: Any) -> str | None:
    name = _trimmed(value)
    if name is not None and not _ZONES[name]:
        raise ValueError(f"{cells.shown(value)} is not a time zone; write it as Europe/Berlin")
    return name


def _locale(value: Any) -> str | None:
    name = _trimmed(value)
    if name is not None:
        cells.check_texts([name], cells.KEY_LENGTH)
    return name


_OF_BUILT_IN: Mapping[str, Callable[[Any], Any]] = {
    "kind": _kind,
    "email": _trimmed,
    "phone": _trimmed,
    "timezone": _timezone,
    "locale": _locale,
}


def _is_consent(name: str) -> bool:
    return name.startswith(CONSENT)


def _consent(name: str) -> tuple[str, str]:
    topic, _dot, channel = name.removeprefix(CONSENT).partition(".")
    return topic, channel


def _answers(name: str, column: Column) -> Column:
    with of_field(name):
        return [cells.boolean(value) for value in column]


def _identity(kind: str, value: Any) -> str | None:
    """How an e-mail address or a phone number is compared: its case and its dashes don't matter."""
    if value is None:
        return None
    same = str(value).strip()
    if kind == "email":
        same = same.lower()
    elif kind == "phone":
        plus = "+" if same.startswith("+") else ""
        same = plus + re.sub(r"\D", "", same, flags=re.ASCII)
    return same if same.strip("+") and len(same) <= cells.KEY_LENGTH else None


def _extra(values: Mapping[str, Column], rows: int) -> list[str | None]:
    names = sorted(values)
    columns = []
    for name in names:
        with of_field(name):
            columns.append([cells.jsonable(value) for value in values[name]])
    found = zip(*columns, strict=True) if columns else [()] * rows
    return [_json(dict(zip(names, row, strict=True))) for row in found]


def _json(found: Mapping[str, Any]) -> str | None:
    known = {name: value for name, value in found.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, sort_keys=True) if known else None
