from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.store import Store

from tests.runs.conftest import client

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["client"]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open empty store, once for each kind of database."""
    opened = Store.open(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """An open empty SQLite store."""
    opened = Store.open(sqlite_url)
    yield opened
    opened.close()
