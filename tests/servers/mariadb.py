"""MariaDB for tests, from Debian's mariadb-server-core."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING

from tests.servers.process import ServerMissing, home, run, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
ALONE = (
    "--skip-networking",
    "--skip-grant-tables",
    "--skip-log-bin",
    "--performance-schema=OFF",
)
QUICK = (
    *ALONE,
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--skip-innodb-doublewrite",
)


class MariaDB:
    """A running server that hands out empty databases."""

    def __init__(self, path: Path) -> None:
        self.socket = path
        self._numbers = count(1)

    def answers(self) -> bool:
        """Whether it accepts connections."""
        with socket.socket(socket.AF_UNIX) as door:  # the driver would leak one that is refused
            return door.connect_ex(str(self.socket)) == 0

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new empty database, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name}")
        try:
            yield f"mariadb://root@localhost/{name}?unix_socket={self.socket}"
        finally:
            self._say(f"DROP DATABASE {name}")

    def _say(self, statement: str) -> None:
        import pymysql  # noqa: PLC0415 (an extra)

        connection = pymysql.connect(unix_socket=str(self.socket), user="root", ssl_disabled=True)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def mariadb(options: Sequence[str] = QUICK) -> Iterator[MariaDB]:
    """MariaDB, trusting everybody on a socket of its own.

    With ``options`` of ``ALONE`` it loses nothing when the machine goes down.

    Raises:
        ServerMissing: the server or the driver is not installed.
    """
    daemon = shutil.which("mariadbd", path=_PATH)
    if daemon is None or find_spec("pymysql") is None:
        raise ServerMissing("MariaDB is missing: apt-get install mariadb-server-core")
    with home() as folder:
        # Without grants the server needs no system tables, so an empty folder is enough.
        data = folder / "data"
        run(["mkdir", data], folder)
        server = MariaDB(folder / "socket")
        places = [f"--datadir={data}", f"--socket={server.socket}", f"--pid-file={folder / 'pid'}"]
        command = [daemon, "--no-defaults", *places, *options]
        with running(command, folder, signal.SIGTERM, server.answers):
            yield server
