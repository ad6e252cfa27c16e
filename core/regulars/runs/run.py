"""A run: the stages in their order, each able to run again after a crash at any point.

    sources → customers, events → traits → scores → segments → journeys → decisions → messages
    → ledger

``plan`` is the same code on a store whose transactions are all rolled back. What plugins print
meanwhile goes to standard error: standard output is for results.
"""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.customers.loading.ingest import ingest
from regulars.customers.privacy.retention import keep_to_retention
from regulars.delivery import IN_FLIGHT
from regulars.delivery.deliver import Delivered, deliver, recover, take_back
from regulars.delivery.go_ahead import give_go_ahead, withdraw_go_ahead
from regulars.experiments.allocating import allocate
from regulars.journeys.stage import run_journeys
from regulars.policy import decide, edition
from regulars.predictions.stage import predict
from regulars.progress import Silent
from regulars.segments.membership import refresh_segments
from regulars.segments.slow import slow_segments
from regulars.store import Store, hold, rehearse

from .beginning import begin, finish
from .summary import Summary, count_decisions, count_planned
from .understanding import understand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from regulars.playbook.loading import Loaded
    from regulars.progress import Progress
    from regulars.segments.scope import Scope
    from regulars.store.profiling import Profile

    from .beginning import Begun


def run(  # noqa: PLR0913 (all but two have defaults)
    loaded: Loaded,
    now: datetime,
    progress: Progress | None = None,
    *,
    in_flight: int = IN_FLIGHT,
    profile: Profile | None = None,
    helpers: Callable[[], object] | None = None,
    leave_sending: bool = False,
) -> Summary:
    """Do what the playbook says at ``now``, with at most ``in_flight`` messages claimed at a time.

    A ``profile`` learns which statements it spends its time on. ``helpers`` are called when all is
    decided and send what they can; the run sends what they leave. With ``leave_sending`` it sends
    nothing: that is left to ``regulars work``.

    Raises:
        BusyError: another run holds this playbook.
        SourceError, StoreError, PluginError, TemporaryError: see there.
    """
    url, plugins = loaded.playbook.store, loaded.plugins
    with hold(url), redirect_stdout(sys.stderr), closing(Store.open(url)) as store:
        with nullcontext() if profile is None else profile.watching(store):
            begun = begin(store, loaded, now, profile)
            plugins.run_started(begun.info)
            send = _Sending(in_flight, helpers, leave=leave_sending)
            summary = _stages(store, loaded, begun, progress or Silent(), send)
        plugins.run_finished(begun.info, summary.as_json())
        return summary


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
        begun = begin(store, loaded, now)
        yield store, _stages(store, loaded, begun, progress or Silent(), None)


@dataclass(frozen=True)
class _Sending:
    """How a run sends."""

    in_flight: int
    helpers: Callable[[], object] | None
    leave: bool

    def send(self, store: Store, scope: Scope, begun: Begun, progress: Progress) -> Delivered:
        give_go_ahead(store, begun.number, edition(scope.playbook, scope.plugins))
        if self.leave:
            return Delivered()
        if self.helpers is not None:
            self.helpers()
            take_back(store, scope, begun.number)
        flight = self.in_flight
        return deliver(store, scope, begun.info, begun.number, in_flight=flight, progress=progress)


def _stages(
    store: Store,
    loaded: Loaded,
    begun: Begun,
    progress: Progress,
    sending: _Sending | None,
) -> Summary:
    """The stages; without ``sending`` it is a plan, which rehearses that."""
    playbook, clock, number, now = loaded.playbook, begun.clock, begun.number, begun.info.at
    with clock.stage("ingest"):
        ingested = ingest(store, loaded, begun.traits.shape, now, progress)
        retained = keep_to_retention(store, playbook, now)
    with clock.stage("traits"):
        scope = understand(store, loaded, begun.traits, now)
    with clock.stage("scores"):
        models = predict(store, scope)
    with clock.stage("segments"):
        segments = refresh_segments(store, scope)
    slow = slow_segments(store, scope, clock.seconds["segments"])
    with clock.stage("allocate"):
        allocate(store, scope)
    with clock.stage("journeys"):
        if sending is not None:
            withdraw_go_ahead(store)
        recover(store, scope, number)  # before them: who leaves takes what is tried again along
        journeys = run_journeys(store, scope, number)
    with clock.stage("policy"):
        decide(store, scope, number)
    with clock.stage("delivery"):
        if sending is None:
            delivered = deliver(store, scope, begun.info, number, rehearse=True, progress=progress)
        else:
            delivered = sending.send(store, scope, begun, progress)
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
        models=models,
        slow=slow,
        left=count_planned(store) if sending is not None and sending.leave else None,
    )
    finish(store, number, summary)
    return summary
