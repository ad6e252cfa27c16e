"""Working: sending what a run has decided, beside the run or after it.

A shift works at the instant of the last run and is counted to it, so it asks for no new data and
decides nothing but what is looked at again inside each claim. It begins when the run has given its
go-ahead and ends when nothing is planned any more, or when it has waited long enough for more.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.customers.traits import plan_traits
from regulars.delivery import IN_FLIGHT
from regulars.delivery.deliver import deliver, take_back
from regulars.delivery.go_ahead import Guest, edition_of, go_ahead, run_of
from regulars.errors import BusyError, RegularsError, StoreError, TemporaryError
from regulars.instants import instant
from regulars.policy import edition
from regulars.segments.scope import Scope
from regulars.store import tables

from .beginning import run_info
from .executors import finished
from .loading import load_playbook, spoken
from .processes import asked_gently
from .reading import stored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from regulars.playbook.loading import Loaded
    from regulars.store import Store

logger = logging.getLogger(__name__)

WITHIN = timedelta(hours=2)
_LOOK_AGAIN = 1.0  # seconds between two looks at a ledger where nothing is planned
_STEP = 0.2
_AWAY = 30.0  # seconds until a channel that can't be reached is tried again


@dataclass(frozen=True)
class Shift:
    """What one worker is asked to do; times are in seconds.

    It ``begins`` after that share of the messages, ``waits`` for more when there are none, and
    sends nothing that was decided longer ago than ``within``: it may be night by now.
    """

    path: Path
    begins: float = 0.0
    in_flight: int = IN_FLIGHT
    waits: float = 0.0
    within: float = WITHIN.total_seconds()


@dataclass(frozen=True)
class Worked:
    """What was decided, by state; channels that were ``away`` with their last failure.

    ``ended`` says in words what made workers end too early; ``too_old`` that there are messages
    which were decided too long ago; ``waiting`` how many are still planned, None where nobody
    knows. ``span`` is from the first claim to the last answer, by the wall clock in seconds.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    away: Mapping[str, str] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    too_old: bool = False
    waiting: int | None = None
    span: tuple[float, float] | None = None

    @property
    def seconds(self) -> float:
        """How long it was sent, looking for more left out."""
        return self.span[1] - self.span[0] if self.span else 0.0

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody should look."""
        wrong = self.counts.get("failed") or self.counts.get("unknown")
        return bool(wrong or self.away or self.ended or self.too_old)

    def __add__(self, other: Worked) -> Worked:
        return Worked(
            Counter(self.counts) + Counter(other.counts),
            {**self.away, **other.away},
            self.ended + other.ended,
            self.too_old or other.too_old,
            self.waiting if other.waiting is None else other.waiting,
            _both(self.span, other.span),
        )


def _both(
    one: tuple[float, float] | None, other: tuple[float, float] | None
) -> tuple[float, float] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def shifts(shift: Shift, workers: int) -> list[Shift]:
    """``shift`` for each of ``workers``, who begin as far from one another as they can."""
    return [replace(shift, begins=n / workers) for n in range(workers)]


def work_together(executor: Executor, tasks: Sequence[Shift]) -> Worked:
    """Have all of ``tasks`` done at once; one that fails leaves its part to the others."""
    done = Worked()
    for future in finished(executor, [executor.submit(work_apart, task) for task in tasks]):
        try:
            done += future.result()
        except Exception as error:  # noqa: BLE001 (an executor may raise anything)
            done += Worked(ended=(str(error),))
    return done


def work_apart(shift: Shift) -> Worked:
    """``work`` where nothing but ``shift`` is known; what goes wrong comes back in words."""
    try:
        loaded = load_playbook(shift.path)
        with spoken(loaded):
            return work(loaded, shift)
    except RegularsError as error:
        return Worked(ended=(str(error),))


def work(loaded: Loaded, shift: Shift, now: Callable[[], float] = time.time) -> Worked:
    """Send what the last run has decided, until nothing is planned and ``shift`` waits no longer.

    Raises:
        BusyError: a run has planned, but not decided yet.
        StoreError: nothing has run yet, or the playbook was edited since.
    """
    done, end = Worked(), now() + shift.waits
    with redirect_stdout(sys.stderr), asked_gently() as stopped:
        while True:
            try:
                found = _look(loaded, shift, stopped)
            except (BusyError, TemporaryError) as error:
                if now() >= end:
                    raise
                logger.debug("nothing to do yet", exc_info=error)
                found = Worked()
            done += found
            pause = _AWAY if found.away else _LOOK_AGAIN
            if now() + pause > end:
                return done
            _sleep(pause, stopped)


def _sleep(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if stopped():
            raise KeyboardInterrupt
        time.sleep(min(left, _STEP))


def _look(loaded: Loaded, shift: Shift, stopped: Callable[[], bool]) -> Worked:
    """One look at the ledger: whatever is planned there is sent."""
    with stored(loaded) as store:
        word = _word(store)
        _same_edition(loaded, word)
        at, started = _run(store, run_of(word))
        guest = Guest(word, shift.begins, stopped, started + shift.within)
        return _help(store, loaded, guest, at, shift.in_flight)


def _same_edition(loaded: Loaded, word: str) -> None:
    if edition(loaded.playbook, loaded.plugins) != edition_of(word):
        raise StoreError(
            "journeys or messages were edited since the last run, which decided by what they said "
            f"then: let it run first: regulars run {loaded.playbook.path}"
        )


def _help(store: Store, loaded: Loaded, guest: Guest, at: datetime, in_flight: int) -> Worked:
    number = run_of(guest.word)
    scope = _scope(store, loaded, at)
    take_back(store, scope, number)
    done, info = Worked(), run_info(loaded.playbook.id, number, at)
    while _planned(store) and time.time() < guest.until:
        began = time.time()
        sent = deliver(store, scope, info, number, in_flight=in_flight, guest=guest)
        span = (began, time.time()) if sent.counts else None
        done += Worked(sent.counts, sent.away, span=span)
        take_back(store, scope, number)
        if sent.away or not sum(sent.counts.values()):
            break
    waiting = _planned(store)
    late = waiting > 0 and time.time() >= guest.until
    return done + Worked(too_old=late, waiting=waiting)


def _run(store: Store, number: int) -> tuple[datetime, float]:
    """The instant of a run, and when it began by the wall clock in seconds."""
    runs = tables.runs
    with store.reading() as connection:
        row = connection.execute(select(runs.c.at, runs.c.started_at).where(runs.c.id == number))
        at, started = row.one()
    return instant(at), started / 1_000_000


def _scope(store: Store, loaded: Loaded, at: datetime) -> Scope:
    plan = plan_traits(loaded.playbook, loaded.plugins)
    if not store.fits(plan.shape):
        raise StoreError(
            "the playbook was edited since the last run, which computed other things: "
            f"let it run first: regulars run {loaded.playbook.path}"
        )
    with store.reading() as connection:
        return Scope.of(connection, loaded.playbook, loaded.plugins, plan, store.tables, at)


def _planned(store: Store) -> int:
    planned = tables.deliveries.c.state == "planned"
    with store.reading() as connection:
        return connection.scalar(select(func.count()).where(planned)) or 0


def see_that_there_is_work(loaded: Loaded) -> None:
    """Say at once, rather than by each worker, that there is nothing to begin with.

    Raises:
        BusyError: a run has planned, but not decided yet.
        StoreError: nothing has run yet, or it is another playbook's store.
    """
    with stored(loaded) as store:
        _word(store)


def _word(store: Store) -> str:
    with store.reading() as connection:
        word = go_ahead(connection)
    if word is None:
        raise BusyError(
            "the last run has not decided yet what goes out, or it broke off before: "
            "try again when it has, or wait for it with --wait 10m"
        )
    return word
