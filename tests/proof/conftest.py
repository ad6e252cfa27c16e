"""A campaign with a real mail server beside it, on each kind of database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proof.campaign import Campaign
from tests.proof.torture import SERVERS
from tests.servers.mailbox import mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=SERVERS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh empty store on a database server."""
    with request.getfixturevalue(request.param).database() as url:
        yield url


@pytest.fixture
def on_server(database_url: str, tmp_path: Path) -> Iterator[Campaign]:
    """A campaign whose store is on a database server; it is not written yet."""
    with mailbox(tmp_path / "mail") as server:
        yield Campaign(tmp_path, database_url, server)


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> Iterator[Campaign]:
    """The same on SQLite."""
    with mailbox(tmp_path / "mail") as server:
        yield Campaign(tmp_path, sqlite_url, server)
