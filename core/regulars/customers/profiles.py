"""Profiles: what is known of some customers, as Python values for templates and plugins."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.instants import instant
from regulars.store.tables import scores

from .columns import attribute_column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook
    from regulars.store import Tables

    from .traits import TraitColumn, TraitPlan

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

    Every declared name is there, None when unknown. Amounts are Decimal, times aware UTC
    datetimes, dates are dates, points (latitude, longitude).
    """

    customer: dict[str, Any]
    traits: dict[str, Any]
    scores: dict[str, dict[str, float]]


def profiles(connection: Connection, known: Known, ids: Sequence[int]) -> dict[int, Profile]:
    """The profiles of the customers with these numbers in the store, in the order of ``ids``."""
    found: dict[int, Profile] = {}
    for start in range(0, len(ids), AT_ONCE):
        found |= _read(connection, known, ids[start : start + AT_ONCE])
    return {number: found[number] for number in ids if number in found}


def _read(connection: Connection, known: Known, ids: Sequence[int]) -> dict[int, Profile]:
    customers, traits = known.tables.customers, known.tables.traits
    types = known.playbook.attribute_types()
    attributes = {name: attribute_column(customers, name) for name in types}
    columns = known.plan.traits
    query = (
        select(
            customers.c.id.label("number"),
            customers.c.extra.label("undeclared"),
            *(column.label(f"attribute.{name}") for name, column in attributes.items()),
            *(traits.c[column.name].label(f"trait.{name}") for name, column in columns.items()),
        )
        .select_from(customers.outerjoin(traits, traits.c.customer == customers.c.id))
        .where(customers.c.id.in_(ids))
    )
    scored = _scores(connection, ids)
    return {
        row["number"]: Profile(
            _extra(row["undeclared"])
            | {name: _attribute(row[f"attribute.{name}"], kind) for name, kind in types.items()},
            {name: _trait(row[f"trait.{name}"], column) for name, column in columns.items()},
            {model: dict(values) for model, values in scored[row["number"]].items()},
        )
        for row in connection.execute(query).mappings()
    }


def _scores(
    connection: Connection, ids: Sequence[int]
) -> Mapping[int, Mapping[str, Mapping[str, float]]]:
    found: dict[int, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    query = select(scores.c.customer, scores.c.score, scores.c.value)
    for row in connection.execute(query.where(scores.c.customer.in_(ids))):
        model, _, score = row.score.partition(".")
        found[row.customer][model][score] = row.value
    return found


def _extra(text: str | None) -> dict[str, Any]:
    extra: dict[str, Any] = json.loads(text) if text else {}
    return extra


def _attribute(value: Any, kind: str) -> Any:
    return value if value is None else _ATTRIBUTES.get(kind, _as_it_is)(value)


def _trait(value: Any, column: TraitColumn) -> Any:
    if value is None:
        return 0 if column.zero_without_events else None
    if column.in_millionths:
        return in_units(value)
    return instant(value) if column.type == "time" else value


def in_units(value: float) -> Decimal:
    """Millionths as units: 12500000 is 12.5, 100000000 is 100."""
    units = (Decimal(value) / SCALE).quantize(Decimal(1) / SCALE)
    return units.quantize(Decimal(1)) if units == units.to_integral_value() else units.normalize()


def _point(value: str) -> tuple[float, ...]:
    return tuple(float(degrees) for degrees in value.split(","))


def _plain(value: float) -> int | float:
    """A number as it was written: 12, not 12.0."""
    return int(value) if value == int(value) else value


def _as_it_is(value: Any) -> Any:
    return value


_ATTRIBUTES: Mapping[str, Callable[[Any], Any]] = {
    "number": _plain,
    "boolean": bool,
    "date": date.fromisoformat,
    "time": instant,
    "point": _point,
}
