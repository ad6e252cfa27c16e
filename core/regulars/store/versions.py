"""Which version of the schema a store has, and bringing it to this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, inspect, select

from regulars.errors import StoreError
from regulars.store.tables import metadata

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

# Every version that this regulars can read; the last is its own.
VERSIONS = ("0001", "0002", "0003")
# As alembic makes it.
_MARK = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_BEGUN = "begun"  # a store whose tables are being made


def version_of(connection: Connection) -> str | None:
    """The store's schema version, None when it holds nothing of regulars."""
    # Asking the catalogue first would take longer than trying; but a failed statement breaks a
    # transaction on PostgreSQL.
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(select(_MARK.c.version_num))


def is_ready(connection: Connection, place: str) -> bool:
    """Whether the store has the tables of this version.

    Raises:
        StoreError: a newer regulars made it, or something else did.
    """
    version = version_of(connection)
    if version not in {None, _BEGUN, *VERSIONS}:
        raise StoreError(
            f"{place} was made by a newer regulars (its schema is {version!r}, this one knows up "
            f"to {VERSIONS[-1]!r}): upgrade regulars, or name another store"
        )
    return version == VERSIONS[-1]


def make_ready(connection: Connection, place: str) -> None:
    """Make the tables, or upgrade those of an older version; nothing when they are right.

    Raises:
        StoreError: a newer regulars made it, or something else did.
    """
    if is_ready(connection, place):
        return
    version = version_of(connection)
    if version in {None, _BEGUN}:
        _create(connection, place, begun=version == _BEGUN)
    else:
        upgrade(connection)


def _create(connection: Connection, place: str, *, begun: bool) -> None:
    if not begun:
        _refuse_strangers(connection, place)
        # Where making a table can't be rolled back, a crash half-way is known by this row; the
        # table without it is a crash just before.
        _MARK.create(connection, checkfirst=True)
        connection.execute(_MARK.insert(), {"version_num": _BEGUN})
    metadata.create_all(connection)
    connection.execute(_MARK.update(), {"version_num": VERSIONS[-1]})


def _refuse_strangers(connection: Connection, place: str) -> None:
    strange = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if strange:
        raise StoreError(
            f"{place} already has tables that regulars did not make ({', '.join(strange)}): "
            "name an empty database"
        )


def upgrade(connection: Connection, scripts: Path | None = None) -> None:
    """Run every migration that is newer than the store, in the caller's transaction."""
    from regulars.store import migrations  # noqa: PLC0415 (alembic takes 0.2 s to import)

    migrations.upgrade(connection, scripts)
