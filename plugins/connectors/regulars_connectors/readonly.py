"""Connections that only read: the database itself refuses every write."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from regulars.errors import SourceError
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}


def engine_for(url: str, folder: Path) -> Engine:
    """An engine for ``url``; a SQLite file is relative to ``folder`` and must exist.

    Raises:
        SourceError: it is no URL, its driver isn't installed or its file is missing.
    """
    try:
        parts = make_url(url)
    except ArgumentError:
        raise SourceError(
            "url is not a database URL; write it as postgresql://user:password@host/database"
        ) from None
    if parts.get_backend_name() == "sqlite":
        return _sqlite(parts, folder)
    plain = parts.set(drivername=DRIVERS.get(parts.drivername, parts.drivername))
    try:
        return create_engine(plain, poolclass=NullPool)
    except (ImportError, NoSuchModuleError) as error:
        raise SourceError(
            f"{parts.drivername} needs its driver ({error}); install regulars[postgres], "
            "regulars[mysql] or the database's own package"
        ) from None


def _sqlite(parts: URL, folder: Path) -> Engine:
    file = folder / (parts.database or "")
    if not file.is_file():
        raise SourceError(
            f"the SQLite file {parts.database or ''} is missing in {folder}; mend url"
        )
    address = f"file:{quote(str(file.absolute()))}?mode=ro"
    return create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool
    )


def read_only(connection: Connection) -> None:
    """Make the database refuse writes on ``connection`` from here on."""
    refusing = READ_ONLY.get(connection.dialect.name)
    if refusing:
        connection.execute(text(refusing))
        connection.commit()


@contextmanager
def readable(url: str) -> Iterator[None]:
    """What the database says is wrong, as one SourceError that shows no password."""
    try:
        yield
    except DBAPIError as error:
        raise _refused(url, str(error.orig)) from None
    except (SQLAlchemyError, TypeError) as error:  # drivers refuse odd options so
        raise _refused(url, str(error)) from None


def _refused(url: str, said: str) -> SourceError:
    parts = make_url(url)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = lines[0] if lines else "no reason given"
    for secret in (parts.password, *_secrets(parts)):
        reason = reason.replace(str(secret), "***") if secret else reason
    place = parts.set(query={}).render_as_string(hide_password=True)
    return SourceError(f"{place}: {reason}; check url, query and cursor")


def _secrets(parts: URL) -> Iterator[str]:
    for name, value in parts.query.items():
        if "pass" in name or "secret" in name or "token" in name:
            yield from (value,) if isinstance(value, str) else value
