"""Zones: whose clock on the wall shows what, for the few zones that customers live in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func, select

from regulars.instants import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection

    from regulars.store import Tables

Answer = TypeVar("Answer")


def zones_in_use(connection: Connection, tables: Tables, default: ZoneInfo) -> dict[str, ZoneInfo]:
    """Every zone of a customer by the name that ``zone_name`` gives, ``default`` among them.

    A name that is no zone counts as ``default``.
    """
    names = connection.scalars(select(tables.customers.c.timezone).distinct())
    zones = {name: zone_of(name, default) for name in names if name is not None}
    return {default.key: default} | zones


def zone_name(tables: Tables, default: ZoneInfo) -> ColumnElement[str]:
    """The name of a customer's zone: their own, else that of ``default``; never NULL."""
    return func.coalesce(tables.customers.c.timezone, default.key)


def together(
    zones: Mapping[str, ZoneInfo], tell: Callable[[ZoneInfo], Answer]
) -> dict[Answer, list[str]]:
    """The names of ``zones`` by what ``tell`` says of each: most agree with others."""
    found: dict[Answer, list[str]] = defaultdict(list)
    for name, zone in zones.items():
        found[tell(zone)].append(name)
    return dict(found)
