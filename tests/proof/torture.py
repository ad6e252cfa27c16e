"""How hard the proof tries: ``make test`` a little, ``make torture`` in full."""

from __future__ import annotations

import os
from typing import TypeVar

T = TypeVar("T")

FULL = bool(os.environ.get("REGULARS_TORTURE"))


def some(few: T, many: T) -> T:
    """``few`` in ``make test``, ``many`` in ``make torture``."""
    return many if FULL else few


# The fixtures of database servers, beside SQLite.
SERVERS = some(["postgres16", "mariadb_server"], ["postgres16", "postgres18", "mariadb_server"])
