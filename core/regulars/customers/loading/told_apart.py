"""Telling events apart: a change of the playbook must not count those loaded before again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regulars.errors import SourceError
from regulars.store import get_fact, set_fact

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from regulars.playbook.sources import Source


class ToldApart:
    """What makes the events of the source ``name`` themselves, as it was when they were loaded."""

    def __init__(self, connection: Connection, name: str, source: Source, zone: ZoneInfo) -> None:
        self._connection, self._source, self._zone = connection, source, str(zone)
        self._map_fact, self._zone_fact = f"source.{name}.told_by", f"source.{name}.zone"

    def check(self, *, loaded: bool) -> None:
        """Refuse a map or a zone with which ``loaded`` events would be taken for other ones.

        Raises:
            SourceError: they would be counted twice.
        """
        if self._source.map:
            self._check_map(loaded=loaded)
        if loaded:
            self._check_zone()

    def by_local_times(self) -> None:
        """Remember that events without an id have times without an offset."""
        set_fact(self._connection, self._zone_fact, self._zone)

    def _check_map(self, *, loaded: bool) -> None:
        columns = self._source.columns
        identity = {"id": columns["id"]} if "id" in columns else columns
        told_by = json.dumps(identity, sort_keys=True)
        if loaded and get_fact(self._connection, self._map_fact) not in (None, told_by):
            raise SourceError(
                "map has changed so that events loaded before would be counted again: without "
                "an id, all mapped columns together tell events apart. Undo the change, or "
                "load into a new store (and map an id, so that the rest may change)"
            )
        set_fact(self._connection, self._map_fact, told_by)

    def _check_zone(self) -> None:
        before = get_fact(self._connection, self._zone_fact)
        if before not in (None, self._zone):
            raise SourceError(
                f"timezone has changed from {before} to {self._zone}, so that events loaded "
                "before would be counted again: without an id, their time tells events apart, "
                "and here it has no offset. Undo the change, or load into a new store (and map "
                "an id)"
            )
