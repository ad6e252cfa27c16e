"""The columns that a playbook's own words become, and how a store gets them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    MetaData,
    SmallInteger,
)
from sqlalchemy.dialects import mysql

from regulars.store import tables
from regulars.stored import (
    amount_column,
    attribute_column,
    sample_column,
    text_column,
    vector_columns,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table
    from sqlalchemy.types import TypeEngine

# A row of MariaDB has room for sixteen VARCHAR(1000) only; TEXT lies beside the row.
_Free = tables.Bytewise.with_variant(mysql.TEXT(collation=tables.COLLATION), "mysql", "mariadb")
_TYPES: dict[str, TypeEngine[Any]] = {
    "text": _Free,
    "number": Double(),
    "integer": BigInteger(),
    "boolean": SmallInteger(),
    "date": tables.Name,
    "time": BigInteger(),
    "amount": BigInteger(),
    "share": BigInteger(),
    "list": tables.Words,
}
_PLAIN = re.compile(r"[a-z0-9_-]{1,63}")
Columns = dict[str, dict[str, str]]  # table → column → type


@dataclass(frozen=True, order=True)
class Draw:
    """What gives every customer a share: ``seed`` with their id, or with their ``unit``.

    ``unit`` is an attribute: who has the same value gets the same share. ``hash`` is the function.
    """

    seed: str
    unit: str = ""
    hash: str = "regulars"

    @property
    def column(self) -> str:
        """The column of ``customers`` that keeps the share; NULL where the unit is not known."""
        if self == Draw(self.seed):
            return sample_column(self.seed)
        return sample_column(json.dumps([self.seed, self.unit, self.hash]))

    @property
    def drawn_for(self) -> str:
        """The column that keeps the value of the unit that the share was given for."""
        return f"w_{self.column.removeprefix('u_')}"


@dataclass(frozen=True)
class Shape:
    """What a playbook needs of the tables.

    ``attributes`` are the declared ones with their types, ``texts`` and ``amounts`` the event
    properties used as text or number, ``totals`` those of ``amounts`` that something is computed
    of, so that a row in which one is no number is bad; ``samples`` the seeds of shares by id,
    ``draws`` the other shares with the types of their units, ``traits`` column names with their
    types (integer, amount, number, time, text), ``scores`` those of models' scores.
    """

    attributes: Mapping[str, str] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    amounts: frozenset[str] = frozenset()
    samples: frozenset[str] = frozenset()
    traits: Mapping[str, str] = field(default_factory=dict)
    totals: frozenset[str] = frozenset()
    draws: Mapping[Draw, str] = field(default_factory=dict)
    scores: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> Columns:
        """The columns beyond those that every store has: table → column → type."""
        customers = dict(pair for a in self.attributes.items() for pair in _of_attribute(*a))
        customers |= {sample_column(seed): "share" for seed in sorted(self.samples)}
        customers |= dict(pair for draw in sorted(self.draws.items()) for pair in _of_draw(*draw))
        events = {text_column(name): "text" for name in sorted(self.texts)}
        events |= {amount_column(name): "amount" for name in sorted(self.amounts)}
        computed = {"traits": dict(self.traits), "scores": dict(self.scores)}
        return {"customers": customers, "events": events, **computed}


def _of_attribute(name: str, kind: str) -> list[tuple[str, str]]:
    if kind != "point":
        return [(attribute_column(name), kind)]
    return [(attribute_column(name), "text"), *((axis, "number") for axis in vector_columns(name))]


def _of_draw(draw: Draw, kind: str) -> list[tuple[str, str]]:
    share = (draw.column, "share")
    return [share, (draw.drawn_for, "text" if kind == "point" else kind)] if draw.unit else [share]


@dataclass(frozen=True)
class Tables:
    """The tables that have columns of a playbook's own."""

    customers: Table
    events: Table
    traits: Table
    scores: Table

    @classmethod
    def of(cls, columns: Columns) -> Tables:
        """The tables with ``columns`` (table → column → type) beside those of every store."""
        metadata = MetaData()
        known = (tables.customers, tables.events, tables.traits, tables.scores)
        own = [table.to_metadata(metadata) for table in known]
        for table in own:
            for name, kind in columns.get(table.name, {}).items():
                table.append_column(new_column(name, kind))
        return cls(*own)


def new_column(name: str, kind: str) -> Column[Any]:
    """A column of a playbook's own, which may be NULL; ``name`` is its key in ``table.c``."""
    return Column(stored_name(name), _TYPES[kind], key=name)


def stored_name(name: str) -> str:
    """What the database calls the column ``name``."""
    # Two of them differ by more than case and none is longer than 63, whatever the database.
    if _PLAIN.fullmatch(name):
        return name
    return f"{name[:2]}x{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"


def properties_kept(events: Table) -> tuple[list[str], list[str]]:
    """The properties that ``events`` keeps as text, and those that it keeps in millionths."""
    names = sorted(events.c.keys())
    texts, amounts = (
        [name.removeprefix(start) for name in names if name.startswith(start)]
        for start in (text_column(""), amount_column(""))
    )
    return texts, amounts
