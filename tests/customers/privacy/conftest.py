from __future__ import annotations

from tests.runs.conftest import client
from tests.segments.conftest import sqlite_store, store

__all__ = ["client", "sqlite_store", "store"]
