"""Stores of other versions: older ones are upgraded in place, newer ones refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from regulars.errors import StoreError
from regulars.store import Store, rehearse
from regulars.store.engines import open_engine
from regulars.store.migrations import HERE
from regulars.store.tables import metadata
from regulars.store.versions import VERSIONS, is_ready, upgrade
from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from pathlib import Path

NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0004", "0003"
def upgrade():
    op.add_column("facts", sa.Column("since", sa.BigInteger))
"""


def described(connection: Connection) -> dict[str, Any]:
    """Everything that the catalogue says about the store's own tables."""
    catalogue = inspect(connection)
    return {
        name: (
            [
                {key: str(value) for key, value in column.items()}
                for column in catalogue.get_columns(name)
            ],
            catalogue.get_pk_constraint(name)["constrained_columns"],
            sorted(map(str, catalogue.get_unique_constraints(name))),
            sorted(
                str((i["name"], i["column_names"], i["unique"]))
                for i in catalogue.get_indexes(name)
            ),
        )
        for name in metadata.tables
    }


def test_migrated_and_new_stores_are_alike(store_url: str) -> None:
    engine = open_engine(store_url)
    with engine.begin() as connection:
        upgrade(connection)
        assert is_ready(connection, "the store")
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        migrated = described(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert described(connection) == migrated
    engine.dispose()


def test_a_store_knows_the_last_migration_as_its_version() -> None:

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(HERE))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == VERSIONS


def test_an_older_store_is_upgraded_in_place_and_keeps_its_rows(
    store_url: str, tmp_path: Path
) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(HERE, scripts)
    (scripts / "versions" / "r0004.py").write_text(NEXT)
    store = Store.open(store_url)
    with store.transaction() as connection:
        connection.execute(text("INSERT INTO facts (name, value) VALUES ('a', 'b')"))
    with store.transaction() as connection:
        upgrade(connection, scripts)
    with store.transaction() as connection:
        rows = connection.execute(text("SELECT name, value, since FROM facts")).all()
    store.close()
    assert rows == [("a", "b", None)]


def test_a_newer_store_is_refused_with_what_to_do(store_url: str) -> None:
    store = Store.open(store_url)
    with store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    store.close()
    with pytest.raises(StoreError, match=r"newer regulars .*'0999'.*upgrade regulars"):
        Store.open(store_url)
    with pytest.raises(StoreError, match="upgrade regulars"), rehearse(store_url):
        pass


def test_a_database_of_somebody_else_is_refused(store_url: str) -> None:
    engine = open_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE customers (id INTEGER)"))
    with pytest.raises(StoreError, match=r"did not make \(customers\): name an empty database"):
        Store.open(store_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == ["customers"]
    engine.dispose()


DIED = {
    "before its first row": [
        "DELETE FROM alembic_version",
        *map("DROP TABLE {}".format, metadata.tables),
    ],
    "half-way": ["UPDATE alembic_version SET version_num = 'begun'", "DROP TABLE runs"],
}


@pytest.mark.parametrize("undone", DIED.values(), ids=DIED)
def test_a_store_whose_making_died_is_finished(store_url: str, undone: list[str]) -> None:
    store = Store.open(store_url)
    with store.transaction() as connection:
        for statement in undone:
            connection.execute(text(statement))
    store.close()
    store = Store.open(store_url)
    with store.transaction() as connection:
        assert is_ready(connection, "the store")
        assert inspect(connection).has_table("runs")
    store.close()


def test_opening_a_store_does_not_load_alembic(sqlite_url: str) -> None:

    code = (
        "import sys; from regulars.store import Store\n"
        f"Store.open({sqlite_url!r}).close(); Store.open({sqlite_url!r}).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
