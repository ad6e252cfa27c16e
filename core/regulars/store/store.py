"""A store: where one playbook's customers, events and decisions are kept."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import TYPE_CHECKING

from regulars.store import facts, fitting, versions
from regulars.store.dialects import dialect_of
from regulars.store.engines import open_engine
from regulars.store.failures import explained, parse_url, place_of
from regulars.store.schema import Tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from regulars.store.schema import Columns, Shape


class Store:
    """An open store. ``tables`` are those with the columns of a playbook's own."""

    def __init__(self, url: str, engine: Engine, outer: Connection | None = None) -> None:
        self.url = url
        self.engine = engine
        self.tables = Tables.of({})
        self._dialect = dialect_of(engine.url.drivername)
        self._place = place_of(engine.url)
        self._columns: Columns = {}
        self._outer = outer
        self._turn = RLock()  # of the threads in a rehearsal, which share one connection

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at ``url``: made if there is none, upgraded if it is older.

        Raises:
            StoreError: it can't be used, for instance because a newer regulars made it.
            TemporaryError: it can't be reached now.
        """
        store = cls(url, open_engine(url))
        try:
            store._make_ready()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction: committed at the end, rolled back when an error passes.

        Raises:
            StoreError, TemporaryError: what the database or the disk reported.
        """
        with explained(self.engine.url):
            if self._outer is None:
                with self.engine.begin() as connection:
                    yield connection
            else:
                with self._turn, self._outer.begin_nested():
                    yield self._outer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot to read from, which waits for no writer."""
        if self._outer is not None:
            with self.transaction() as connection:
                yield connection
            return
        with explained(self.engine.url), self._readers().begin() as connection:
            yield connection

    @contextmanager
    def rehearsal(self) -> Iterator[Store]:
        """This store on which nothing lasts: every transaction is part of one that is undone.

        Where the database can't undo new columns (MariaDB), ``fit`` comes before all else and
        leaves empty columns.
        """
        with explained(self.engine.url), self.engine.connect() as connection:
            undone = connection.begin()
            try:
                store = Store(self.url, self.engine, connection)
                store._set_up(connection)
                yield store
            finally:
                undone.rollback()
                if not self._dialect.DDL_ROLLS_BACK:
                    for name in fitting.COMPUTED:
                        connection.exec_driver_sql(self._dialect.drop_temporary(name))

    def fits(self, shape: Shape) -> bool:
        """Whether the tables have the columns that ``shape`` needs, as ``fit`` leaves them."""
        return fitting.joined(self._columns, shape) == self._columns

    def fit(self, shape: Shape) -> None:
        """Give the tables the columns that ``shape`` needs, and fill new ones of events."""
        wants = fitting.joined(self._columns, shape)
        if wants == self._columns:
            return
        if self._dialect.DDL_ROLLS_BACK:
            with self.transaction() as connection:
                has = facts.get_columns(connection)
                wants = fitting.joined(has, shape)
                fitting.add_columns(connection, has, wants)
                self._settle(connection, has, shape)
        else:
            self._fit_at_once(shape)
        self._columns, self.tables = wants, Tables.of(wants)

    def index_events(self) -> None:
        """Make the covering index of events, or make it anew when columns were added.

        A first load is faster without it, so it is made after loading.
        """
        if self._outer is not None and not self._dialect.DDL_ROLLS_BACK:
            return
        with self.transaction() as connection:
            if not fitting.fits_index(connection, self.tables, self._dialect):
                fitting.make_index(connection, self.tables, self._dialect)

    @contextmanager
    def first_load(self) -> Iterator[None]:
        """Where a store without events gets its first: faster, if nobody else has it open.

        Only one transaction at a time may be open meanwhile, readers included; other processes
        wait for the transaction.
        """
        if self._outer is not None:
            yield
            return
        with explained(self.engine.url), self._dialect.first_load(self.engine):
            yield

    def empty_journal(self) -> bool:
        """Leave nothing in a file beside the store (SQLite), where old pages lie.

        Returns False while another process reads there; it is done when that one ends.
        """
        with explained(self.engine.url):
            return self._dialect.empty_journal(self.engine)

    def _make_ready(self) -> None:
        with explained(self.engine.url), self._readers().begin() as connection:
            ready = versions.is_ready(connection, self._place)
            if ready:
                self._read_columns(connection)
        if not ready:
            with self.transaction() as connection:
                self._set_up(connection)

    def _set_up(self, connection: Connection) -> None:
        with self._dialect.excluding(connection):
            versions.make_ready(connection, self._place)
        self._read_columns(connection)

    def _read_columns(self, connection: Connection) -> None:
        self._columns = facts.get_columns(connection)
        self.tables = Tables.of(self._columns)

    def _readers(self) -> Engine:
        return self.engine.execution_options(**self._dialect.READS)

    def _settle(self, connection: Connection, has: Columns, shape: Shape) -> None:
        wants = fitting.joined(has, shape)
        for name in fitting.changed(has, wants):
            fitting.remake(connection, getattr(Tables.of(wants), name))
        fitting.backfill(connection, has, shape)
        facts.set_columns(connection, wants)

    def _fit_at_once(self, shape: Shape) -> None:
        """Fit where every change of a table is its own transaction."""
        has, wants = self._columns, fitting.joined(self._columns, shape)
        changed = fitting.changed(has, wants)
        if changed and self._outer is None:
            with self.transaction() as connection:  # a crash below leaves them to be made anew
                facts.set_columns(connection, has | {name: {} for name in changed})
        with explained(self.engine.url), self.engine.connect() as connection:
            fitting.add_columns(connection, has, wants, rehearsed=self._outer is not None)
            for name in changed if self._outer is None else ():
                fitting.remake(connection, getattr(Tables.of(wants), name))
        with self.transaction() as connection:
            for name in changed if self._outer is not None else ():
                fitting.shadow(connection, name, wants[name])
            fitting.backfill(connection, has, shape)
            facts.set_columns(connection, wants)


@contextmanager
def rehearse(url: str) -> Iterator[Store]:
    """A store on which nothing lasts, whether or not there is one at ``url`` yet.

    A SQLite file that is missing is not made. On MariaDB the tables of an older store are
    upgraded for good, and empty columns may remain.
    """
    parsed = parse_url(url)
    if parsed.drivername.startswith("sqlite") and not _has_content(Path(parsed.database or "")):
        with (
            TemporaryDirectory(prefix="regulars-") as folder,
            _rehearsed(f"sqlite:///{folder}/rehearsal.db") as store,
        ):
            yield store
    else:
        with _rehearsed(url) as store:
            yield store


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


@contextmanager
def _rehearsed(url: str) -> Iterator[Store]:
    behind = Store(url, open_engine(url))
    try:
        with behind.rehearsal() as store:
            yield store
    finally:
        behind.close()


@contextmanager
def hold(url: str) -> Iterator[None]:
    """Hold the run lock of the store at ``url``; it is freed with the process at the latest.

    Raises:
        BusyError: another run holds it; the message says which, if that is known.
    """
    engine = open_engine(url)
    try:
        with explained(engine.url), dialect_of(engine.url.drivername).hold(engine):
            yield
    finally:
        engine.dispose()
