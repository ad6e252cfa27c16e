from __future__ import annotations

from tests.segments.conftest import sqlite_store, store

__all__ = ["sqlite_store", "store"]
