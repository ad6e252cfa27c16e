"""A run: the stages in their order, each able to run again after a crash at any point.

    sources → customers, events → traits → segments → journeys → decisions → messages → ledger

``plan`` is the same code on a store whose transactions are all rolled back. What plugins print
meanwhile goes to standard error: standard output is for results.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from regulars.customers.loading.ingest import ingest
from regulars.customers.privacy.retention import keep_to_retention
from regulars.customers.traits import plan_traits
from regulars.delivery import IN_FLIGHT
from regulars.delivery.deliver import deliver, recover
from regulars.errors import StoreError
from regulars.hooks import RunInfo
from regulars.instants import instant, micros
from regulars.journeys.stage import run_journeys
from regulars.policy import decide
from regulars.progress import Silent
from regulars.segments.membership import refresh_segments
from regulars.store import Store, hold, rehearse, tables

from .identity import belong_to, refuse_another
from .summary import Summary, count_decisions
from .understanding import understand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.playbook.loading import Loaded
    from regulars.progress import Progress


def run(
    loaded: Loaded, now: datetime, progress: Progress | None = None, *, in_flight: int = IN_FLIGHT
) -> Summary:
    """Do what the playbook says at ``now``, with at most ``in_flight`` messages claimed at a time.

    Raises:
        BusyError: another run holds this playbook.
        SourceError, StoreError, PluginError, TemporaryError: see there.
    """
    url = loaded.playbook.store
    with hold(url), redirect_stdout(sys.stderr):
        store = Store.open(url)
        try:
            return _stages(
                store, loaded, now, progress or Silent(), rehearsal=False, in_flight=in_flight
            )
        finally:
            store.close()


def plan(loaded: Loaded, now: datetime, progress: Progress | None = None) -> Summary:
    """Say exactly what ``run`` would do at ``now``, and leave no trace of it."""
    with rehearsed(loaded, now, progress) as (_, summary):
        return summary


@contextmanager
def rehearsed(
    loaded: Loaded, now: datetime, progress: Progress | None = None
) -> Iterator[tuple[Store, Summary]]:
    """The store as ``run`` would leave it at ``now``, and what it would do; nothing of it lasts."""
    with rehearse(loaded.playbook.store) as store, redirect_stdout(sys.stderr):
        yield store, _stages(store, loaded, now, progress or Silent(), rehearsal=True)


@dataclass
class _Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(perf_counter() - started, 4)


def _stages(  # noqa: PLR0913 (the last two tell a run from a plan)
    store: Store,
    loaded: Loaded,
    now: datetime,
    progress: Progress,
    *,
    rehearsal: bool,
    in_flight: int = IN_FLIGHT,
) -> Summary:
    playbook, plugins = loaded.playbook, loaded.plugins
    clock = _Clock()
    with clock.stage("prepare"):
        traits = plan_traits(playbook, plugins)
        refuse_another(store, playbook.id)
        _refuse_to_go_back(store, now)
        store.fit(traits.shape)
        belong_to(store, playbook.id)
        number, info = _begin(store, playbook.id, now)
        if not rehearsal:
            plugins.run_started(info)
    with clock.stage("ingest"):
        ingested = ingest(store, loaded, traits.shape, now, progress)
        retained = keep_to_retention(store, playbook, now)
    with clock.stage("traits"):
        scope = understand(store, loaded, traits, now)
    with clock.stage("segments"):
        segments = refresh_segments(store, scope)
    with clock.stage("journeys"):
        recover(store, scope, number)  # before them: who leaves takes what is tried again along
        journeys = run_journeys(store, scope, number)
    with clock.stage("policy"):
        decide(store, scope, number)
    with clock.stage("delivery"):
        delivered = deliver(
            store,
            scope,
            info,
            number,
            rehearse=rehearsal,
            in_flight=in_flight,
            progress=progress,
        )
    summary = Summary(
        playbook.id,
        now,
        ingested,
        segments,
        journeys.counts,
        count_decisions(store, number),
        clock.seconds,
        delivered.away,
        delivered.samples,
        goals=journeys.goals,
        edits=journeys.edits,
        retained=retained,
    )
    _finish(store, number, summary)
    if not rehearsal:
        plugins.run_finished(info, summary.as_json())
    return summary


def _refuse_to_go_back(store: Store, now: datetime) -> None:
    """Time goes one way: a run before the last one would let customers in a second time."""
    with store.reading() as connection:
        last = connection.scalar(select(func.max(tables.runs.c.at)))
    if last is not None and micros(now) < last:
        raise StoreError(
            f"this store has already run at {instant(last).isoformat()}, which is later than "
            f"{now.isoformat()}; run at a later instant, or play the past on a store of its own"
        )


def _begin(store: Store, playbook: str, now: datetime) -> tuple[int, RunInfo]:
    started = micros(datetime.now(UTC))
    with store.transaction() as connection:
        row = {"at": micros(now), "started_at": started}
        made = connection.execute(insert(tables.runs).values(row)).inserted_primary_key
        number: int = made[0] if made else 0
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number}"
    return number, RunInfo(id=name, playbook=playbook, at=now)


def _finish(store: Store, number: int, summary: Summary) -> None:
    values: dict[str, Any] = {
        "finished_at": micros(datetime.now(UTC)),
        "summary": json.dumps(summary.as_json()),
    }
    with store.transaction() as connection:
        connection.execute(update(tables.runs).where(tables.runs.c.id == number).values(values))
