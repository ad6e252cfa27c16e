"""Ingest: what the sources have that is new becomes customers and events of the store.

    connector → batches of rows → fields → good rows → customers, events
                                         ↘ bad rows  → rejects

The left half needs no store: a large file is read by a process of its own (apart.py). Each source
is one transaction: loaded whole or not at all. Loading again adds nothing.
"""

from __future__ import annotations

import gc
import json
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.privacy.erased import Erased
from regulars.customers.privacy.limits import left_out_until
from regulars.errors import SourceError
from regulars.instants import micros
from regulars.progress import Silent
from regulars.store import tables, write_events_in_turn
from regulars.store.schema import properties_kept
from regulars.values import jsonable

from .connecting import connected
from .customer_loading import CustomerLoading
from .customer_rows import CustomerReader
from .event_loading import EventLoading
from .event_rows import EventReader
from .in_view import in_view
from .known_ids import KnownIds
from .left_out import LeftOut
from .parts_loaded import PartsLoaded
from .rejecting import Rejecting
from .source_columns import SourceColumns
from .source_loading import SourceLoading
from .told_apart import ToldApart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.loading import Loaded
    from regulars.playbook.playbook import Playbook
    from regulars.playbook.sources import Source
    from regulars.progress import Progress
    from regulars.store import Shape, Store


@dataclass(frozen=True)
class Ingested:
    """What one source brought with this run.

    ``customers`` are new or really changed. ``events`` came into view: they lie at or before the
    run's instant, and are new or lay in the future at the previous run. ``rejected`` rows are
    those that were not rejected so before, ``too_old`` ones those that retention left out.
    """

    customers: int
    events: int
    rejected: int
    too_old: int = 0


def ingest(
    store: Store,
    loaded: Loaded,
    shape: Shape,
    now: datetime,
    progress: Progress | None = None,
) -> dict[str, Ingested]:
    """Load every source of the playbook, those of customers first; what each brought.

    ``shape`` is what ``store`` was fitted to; a row in which one of its ``totals`` is no number
    is bad. Rows dated after ``now`` are loaded too. ``progress`` advances by rows.

    Raises:
        SourceError: a source can't be loaded; nothing of it was kept.
        PluginError: a connector failed.
    """
    progress = progress or Silent()
    brought: dict[str, Ingested] = {}
    with _first_load(store, loaded.playbook):
        for name in _in_order(loaded.playbook):
            progress.start(f"Loading {name}")
            try:
                with _without_cycles():
                    brought[name] = _OneSource(store, loaded, shape, now, name).load(progress)
            except SourceError as error:
                raise SourceError(f"sources.{name}: {error}", source=name) from error
        if _has_events(store):  # into an empty table, a first load is faster without the index
            store.index_events()
    return {name: brought[name] for name in loaded.playbook.sources}


def _first_load(store: Store, playbook: Playbook) -> AbstractContextManager[None]:
    """The store as it is faster while its first events are loaded."""
    to_come = any(source.provides == "events" for source in playbook.sources.values())
    return store.first_load() if to_come and not _has_events(store) else nullcontext()


@contextmanager
def _without_cycles() -> Iterator[None]:
    """Let nothing look for cycles: rows make none, and looking takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _in_order(playbook: Playbook) -> Iterator[str]:
    for provides in ("customers", "events"):
        yield from (n for n, source in playbook.sources.items() if source.provides == provides)


def _has_events(store: Store) -> bool:
    with store.reading() as connection:
        return connection.scalar(select(tables.events.c.id).limit(1)) is not None


@dataclass(frozen=True)
class _OneSource:
    """One source at one run."""

    store: Store
    loaded: Loaded
    shape: Shape
    now: datetime
    name: str

    @property
    def _playbook(self) -> Playbook:
        return self.loaded.playbook

    @property
    def _source(self) -> Source:
        return self._playbook.sources[self.name]

    def load(self, progress: Progress) -> Ingested:
        with self.store.transaction() as connection, ExitStack() as waiting:
            (number,) = KnownIds(connection, tables.sources, "name").of([self.name])
            loaded = PartsLoaded(connection, number)
            told_apart = ToldApart(connection, self.name, self._source, self._playbook.timezone)
            if self._source.provides == "events":
                write_events_in_turn(connection)
                told_apart.check(loaded=bool(loaded))
            left_out = self._left_out(connection, first=not loaded)
            make_reader = self._reading()
            reader = make_reader()
            loading = self._loading(connection, number, reader, left_out, waiting)
            rejecting = Rejecting(connection, number, self._source, micros(self.now))
            whole = SourceLoading(
                make_reader=make_reader,
                loading=loading,
                columns=SourceColumns(self._source.columns, reader.required),
                rejecting=rejecting,
                loaded=loaded,
                signature=self._signature(),
                progress=progress,
                at=micros(self.now),
            )
            with connected(self.loaded.plugins, self._playbook, self.name) as parts:
                customers = whole.load(parts)
            events = 0
            if isinstance(loading, EventLoading):
                if loading.by_local_times:
                    told_apart.by_local_times()
                events = in_view(connection, (number, self.name), loading, self.now)
        return Ingested(customers, events, rejecting.new, left_out.too_old)

    def _left_out(self, connection: Connection, *, first: bool) -> LeftOut:
        erased = Erased.of(connection, self._playbook)
        return LeftOut(erased, left_out_until(connection, self._playbook, self.now, first=first))

    def _reading(self) -> Callable[[], CustomerReader | EventReader]:
        """What makes a reader of one part, here or in another process."""
        zone = self._playbook.timezone
        if self._source.provides == "customers":
            return partial(CustomerReader, self._playbook.customer, zone)
        texts, amounts = properties_kept(self.store.tables.events)
        totals = self.shape.totals
        return partial(EventReader, self.name, self._source.event, zone, texts, amounts, totals)

    def _loading(
        self,
        connection: Connection,
        number: int,
        reader: CustomerReader | EventReader,
        left_out: LeftOut,
        waiting: ExitStack,
    ) -> CustomerLoading | EventLoading:
        customers, events = self.store.tables.customers, self.store.tables.events
        if isinstance(reader, EventReader):
            columns = reader.columns
            return EventLoading(connection, customers, events, columns, number, left_out, waiting)
        return CustomerLoading(connection, customers, micros(self.now), left_out, waiting)

    def _signature(self) -> str:
        """Stands for how rows are read: another one means that they are read again."""
        config = self._playbook.settings["sources", self.name]
        says: list[Any] = [
            config.model_dump(mode="json"),  # secrets are starred out
            jsonable(self._source.columns),
            self._source.event,
            self._source.provides,
            str(self._playbook.timezone),
        ]
        if self._source.provides == "customers":
            says.append(self._playbook.customer.model_dump(mode="json"))
        else:
            fields = self._source.columns
            says.append([t for t in sorted(self.shape.totals) if not fields or t in fields])
        return blake2b(json.dumps(says).encode(), digest_size=16).hexdigest()
