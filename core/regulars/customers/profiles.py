"""Profiles: what is known of some customers, as Python values for templates and plugins."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.batches import batches
from regulars.instants import instant

from .columns import attribute_column
from .lists import items_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook
    from regulars.store import Tables

    from .trait_columns import TraitColumn
    from .traits import TraitPlan

AT_ONCE = 5_000  # customers in one query


class Known(Protocol):
    """What is needed to read profiles; a segments' ``Scope`` has it."""

    @property
    def playbook(self) -> Playbook:
        """The playbook, for its attributes."""
        ...

    @property
    def plan(self) -> TraitPlan:
        """The plan, for the traits' columns."""
        ...

    @property
    def tables(self) -> Tables:
        """The tables with the playbook's columns."""
        ...


@dataclass(frozen=True)
class Profile:
    """One customer: profile, traits and scores (``scores["value"]["alive"]``).

    Every declared name is there, None where it is unknown. Amounts are Decimal, times aware UTC
    datetimes, dates are dates, points (latitude, longitude), lists tuples.
    """

    customer: dict[str, Any]
    traits: dict[str, Any]
    scores: dict[str, dict[str, Any]]


def profiles(connection: Connection, known: Known, ids: Sequence[int]) -> dict[int, Profile]:
    """The profiles of the customers with these numbers in the store, in the order of ``ids``."""
    found: dict[int, Profile] = {}
    for some in batches(ids, AT_ONCE):
        found |= _read(connection, known, some)
    return {number: found[number] for number in ids if number in found}


def _read(connection: Connection, known: Known, ids: Sequence[int]) -> dict[int, Profile]:
    customers, traits, scores = known.tables.customers, known.tables.traits, known.tables.scores
    attributes, columns = known.playbook.attribute_types(), known.plan.traits
    scored = known.plan.scores
    query = (
        select(
            customers.c.id,
            customers.c.extra,
            *(attribute_column(customers, name) for name in attributes),
            *(traits.c[column.name] for column in columns.values()),
            *(scores.c[column.name] for column in scored.values()),
        )
        .select_from(
            customers.outerjoin(traits, traits.c.customer == customers.c.id).outerjoin(
                scores, scores.c.customer == customers.c.id
            )
        )
        .where(customers.c.id.in_(ids))
    )
    of_customer = _Cells({name: _ATTRIBUTES.get(kind) for name, kind in attributes.items()})
    of_traits = _Cells({name: _reader(column) for name, column in columns.items()})
    of_scores = _Cells({name: _SCORES.get(column.type) for name, column in scored.items()})
    split = 2 + len(attributes)
    last = split + len(columns)
    return {
        row[0]: Profile(
            _extra(row[1]) | of_customer.read(row[2:split]),
            of_traits.read(row[split:last]),
            _by_model(of_scores.read(row[last:])),
        )
        for row in connection.execute(query).all()
    }


class _Cells:
    """Reads cells of a row, each by what ``readers`` say under its name."""

    def __init__(self, readers: Mapping[str, Callable[[Any], Any] | None]) -> None:
        self._names = tuple(readers)
        self._read = [(name, read) for name, read in readers.items() if read is not None]

    def read(self, cells: Sequence[Any]) -> dict[str, Any]:
        """The cells by name; the unknown stay None."""
        values = dict(zip(self._names, cells, strict=True))
        for name, read in self._read:
            if values[name] is not None:
                values[name] = read(values[name])
        return values


def _by_model(scores: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """``value.alive`` as ``["value"]["alive"]``."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in scores.items():
        model, _, score = name.partition(".")
        found.setdefault(model, {})[score] = value
    return found


def _extra(text: str | None) -> dict[str, Any]:
    extra: dict[str, Any] = json.loads(text) if text else {}
    return extra


def _reader(column: TraitColumn) -> Callable[[Any], Any] | None:
    if column.in_millionths:
        return in_units
    return instant if column.type == "time" else None


def in_units(value: float) -> Decimal:
    """Millionths as units, exact to a millionth: 12500000 is 12.5, 100000000 is 100."""
    units, rest = divmod(round(value), SCALE)
    return Decimal(units) if rest == 0 else Decimal(round(value)).scaleb(-6).normalize()


def _point(value: str) -> tuple[float, ...]:
    return tuple(float(degrees) for degrees in value.split(","))


def _plain(value: float) -> int | float:
    """A number as it was written: 12, not 12.0."""
    return int(value) if value == int(value) else value


_ATTRIBUTES: Mapping[str, Callable[[Any], Any]] = {
    "number": _plain,
    "boolean": bool,
    "date": date.fromisoformat,
    "time": instant,
    "point": _point,
}
_SCORES: Mapping[str, Callable[[Any], Any]] = {"time": instant, "list": items_of}
