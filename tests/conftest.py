"""What every test may ask for: fresh empty databases, on real servers.

A server is started when the first test asks for it, once for each process that runs tests.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.servers.mariadb import MariaDB, mariadb
from tests.servers.postgres import Postgres, postgres
from tests.servers.process import ServerMissing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

# How long an example takes says how busy the machine is, and nothing of what it proves.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def _session(server: AbstractContextManager[Any]) -> Iterator[Any]:
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server)
        except ServerMissing as error:
            if os.environ.get("CI"):
                pytest.fail(str(error))
            pytest.skip(str(error))
        yield running


@pytest.fixture(scope="session")
def postgres16() -> Iterator[Postgres]:
    yield from _session(postgres(16))


@pytest.fixture(scope="session")
def postgres18() -> Iterator[Postgres]:
    yield from _session(postgres(18))


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    yield from _session(mariadb())


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


_SERVERS = {
    "postgres16": "postgres16",
    "postgres18": "postgres18",
    "mariadb": "mariadb_server",
}


# What stands above the store and asks it for nothing new: there one PostgreSQL is enough.
_ABOVE_THE_STORE = tuple(
    f"tests/{folder}/" for folder in ("runs", "policy", "predictions", "models", "experiments")
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try the older PostgreSQL where its SQL is at stake."""
    older = [item for item in items if item.nodeid.startswith(_ABOVE_THE_STORE) and _on_16(item)]
    config.hook.pytest_deselected(items=older)
    left_out = set(older)
    items[:] = [item for item in items if item not in left_out]


def _on_16(item: pytest.Item) -> bool:
    asked = getattr(item, "callspec", None)
    return asked is not None and asked.params.get("store_url") == "postgres16"


@pytest.fixture(params=["sqlite", *_SERVERS])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh empty store, once for each kind of database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    with request.getfixturevalue(_SERVERS[request.param]).database() as url:
        yield url


@pytest.fixture(params=list(_SERVERS))
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh empty store, once for each kind of database server."""
    with request.getfixturevalue(_SERVERS[request.param]).database() as url:
        yield url
