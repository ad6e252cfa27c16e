"""MariaDB 10.6 and later, by PyMySQL."""

from __future__ import annotations

from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, literal_column
from sqlalchemy import select as select_
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.exc import InvalidRequestError

from regulars.batches import batches
from regulars.errors import BusyError, StoreError, TemporaryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Connection, Engine, Select, Table

    from regulars.errors import RegularsError

DRIVER = "pymysql"
EXTRA = "mysql"
DDL_ROLLS_BACK = False
EXPLAIN = "EXPLAIN"
READS = {"isolation_level": "REPEATABLE READ"}  # how a connection that only reads begins
INDEX_WIDTH = 16
INDEX_TEXT = False  # nor may TEXT be a key
FILTER = False
BY_NAME = True
_SESSION = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00',"
    " innodb_lock_wait_timeout = 30, lock_wait_timeout = 30, wait_timeout = 604800"
)
_BATCH = 10_000
_COUNTED = {"preserve_rowcount": True}  # else the count of an INSERT is lost


def address(url: URL) -> URL:
    """``url`` with PyMySQL as its driver and the whole of Unicode.

    A socket of this machine needs no TLS, for which PyMySQL would read all certificates first.
    """
    told = {**url.query, "charset": "utf8mb4"}
    if "unix_socket" in told and not any(name.startswith("ssl") for name in told):
        told["ssl_disabled"] = "true"
    return url.set(drivername="mariadb+pymysql", query=told)


def options() -> dict[str, Any]:
    """READ COMMITTED, as PostgreSQL: an INSERT … SELECT locks nothing that it only reads."""
    return {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Set up each session."""
    event.listen(engine, "connect", _set_up)


def _set_up(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SESSION)


@contextmanager
def excluding(connection: Connection) -> Iterator[None]:
    """Hold the schema lock, which is the session's: DDL ends transactions here."""
    name = "CONCAT('regulars.schema.', MD5(DATABASE()))"
    connection.exec_driver_sql(f"DO GET_LOCK({name}, 60)")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"DO RELEASE_LOCK({name})")


@contextmanager
def hold(engine: Engine) -> Iterator[None]:
    """Keep a session's named lock: the server frees it with the connection."""
    name = "CONCAT('regulars.run.', MD5(DATABASE()))"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.exec_driver_sql(f"SELECT GET_LOCK({name}, 0)").scalar():
            raise BusyError(_busy(connection, name))
        try:
            yield
        finally:
            connection.invalidate()  # ends the session and so the lock, whatever state it is in


def _busy(connection: Connection, name: str) -> str:
    sessions = (
        "SELECT id, user, host, NOW() - INTERVAL time SECOND FROM information_schema.processlist"
    )
    row = connection.exec_driver_sql(f"{sessions} WHERE id = IS_USED_LOCK({name})").first()
    who = ""
    if row:
        number, user, host, since = row
        who = f" (connection {number} of {user}@{host}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
    return f"another run holds this store{who}: wait until it has finished, then try again"


def insert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_existing: bool,
) -> int:
    """``executemany``, which PyMySQL joins into statements of many rows."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.c[name].name) for name in columns)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608 (quoted)
    if skip_existing:
        column = quote(table.c[columns[0]].name)
        statement += f" ON DUPLICATE KEY UPDATE {column} = {_kept(column)}"
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute("SET @regulars_skipped = 0")
        count = 0
        for batch in batches(rows, _BATCH):
            cursor.executemany(statement, batch)
            count += len(batch)
        cursor.execute("SELECT @regulars_skipped")
        (skipped,) = cursor.fetchone() or (0,)
        return count - int(skipped)


def _kept(column: str) -> str:
    # INSERT IGNORE would swallow other errors too, and the driver's count includes what was
    # skipped; so a row that exists is left as it is, and counted on the way.
    return f"IF((@regulars_skipped := @regulars_skipped + 1) IS NULL, {column}, {column})"


def insert_new(
    connection: Connection, table: Table, columns: Sequence[str], select: Select[Any]
) -> int:
    """``INSERT … SELECT … ON DUPLICATE KEY UPDATE``, which keeps other errors."""
    quote = connection.dialect.identifier_preparer.quote
    column = f"{quote(table.name)}.{quote(table.c[columns[0]].name)}"
    statement = insert(table).from_select(list(columns), select_(select.subquery("fresh")))
    statement = statement.on_duplicate_key_update({columns[0]: literal_column(_kept(column))})
    connection.exec_driver_sql("SET @regulars_skipped = 0")
    touched = connection.execute(statement, execution_options=_COUNTED).rowcount
    skipped = connection.exec_driver_sql("SELECT @regulars_skipped").scalar_one()
    return touched - int(skipped)


def drop_temporary(name: str) -> str:
    """The statement that drops a temporary table, if there is one."""
    return f"DROP TEMPORARY TABLE IF EXISTS `{name}`"


def look_at(_name: str) -> str:
    """None: it finds out by itself, or reads as it is told."""
    return ""


def first_load(_engine: Engine) -> AbstractContextManager[None]:
    """As any other load."""
    return nullcontext()


def empty_journal(_engine: Engine) -> bool:
    """The server's files are the server's."""
    return True


def explain(error: BaseException, place: str) -> RegularsError | None:
    """What a user should know and do about ``error``."""
    import pymysql  # noqa: PLC0415 (an extra)

    if isinstance(error, InvalidRequestError) and "MariaDB" in str(error):
        return StoreError(f"{place} is MySQL: regulars needs MariaDB there")
    if not isinstance(error, pymysql.MySQLError):
        return None
    code = error.args[0] if error.args and isinstance(error.args[0], int) else None
    return _explain_code(code, place)


_LATER = {
    (0, 1040, 1053, 1203, 1927, 2003, 2006, 2013, 2014): (
        "can't be reached or went away: run again when it is back"
    ),
    (3, 1021, 1026, 1030, 1114): (
        "has a disk that is full or failing, so nothing of this step was kept: "
        "make room, then run again"
    ),
    (1205,): "has been locked by another process for 30 s: run again when it has finished",
    (1213,): "was changed by another process meanwhile: run again",
}
_NEVER = {
    (1044, 1045, 1049, 1698): (
        "refuses the connection: see that database, user and password are right"
    ),
    (1290, 1792, 1836): "is read-only: name the primary server",
    (1142, 1143, 1227): "may not be written by this user: grant it the rights",
}


def _explain_code(code: int | None, place: str) -> RegularsError | None:
    for kind, texts in ((TemporaryError, _LATER), (StoreError, _NEVER)):
        for codes, text in texts.items():
            if code in codes:
                return kind(f"{place} {text}")
    return None
