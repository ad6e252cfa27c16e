"""Zones: whose clock on the wall shows what, for the few zones that customers live in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from regulars.store import Tables


def zones_in_use(connection: Connection, tables: Tables, default: ZoneInfo) -> dict[str, ZoneInfo]:
    """Every zone of a customer by the name that ``zone_name`` gives, ``default`` among them.

    A name that is no zone counts as ``default``.
    """
    names = connection.scalars(select(tables.customers.c.timezone).distinct())
    zones = {name: _zone(name, default) for name in names if name is not None}
    return {default.key: default} | zones


def zone_name(tables: Tables, default: ZoneInfo) -> ColumnElement[str]:
    """The name of a customer's zone: their own, else that of ``default``; never NULL."""
    return func.coalesce(tables.customers.c.timezone, default.key)


def _zone(name: str, default: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default
