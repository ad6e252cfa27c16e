"""Many clients in one call: each is one task of an executor, and fails alone.

What comes back over the border of a process is words and numbers, redacted of the client's secrets;
no error travels as itself. An executor that hands a task out twice (Dask does, when a worker dies)
runs that client twice at the same instant, as a person might: the ledger keeps that from sending
anything twice.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from regulars.delivery import IN_FLIGHT
from regulars.errors import RegularsError
from regulars.hooks.attribution import reason
from regulars.playbook.secrets import redact

from .executors import finished
from .loading import load_playbook, spoken
from .run import run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from regulars.playbook.loading import Loaded
    from regulars.playbook.times import LocalTime

    from .summary import Summary

WORST = (2, 1, 3, 0)  # exit statuses: what must be mended comes first, what can wait last
_AT_WORK: ContextVar[str | None] = ContextVar("the client at work", default=None)


@dataclass(frozen=True)
class Order:
    """One client that is to be run; ``at`` is now where it is None."""

    path: Path
    at: LocalTime | None = None
    in_flight: int = IN_FLIGHT
    leave_sending: bool = False


@dataclass(frozen=True)
class Ran:
    """How one client's run ended: its exit ``status`` with what was ``said`` of it, if anything.

    ``playbook`` and ``summary`` are None where it didn't come that far; ``log`` are the warnings.
    """

    path: Path
    status: int
    seconds: float
    playbook: str | None = None
    summary: dict[str, Any] | None = None
    said: str | None = None
    log: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """One object of the list that ``--json`` prints."""
        names = ("playbook", "status", "seconds", "said", "summary")
        return {"path": str(self.path)} | {name: getattr(self, name) for name in names}


def run_many(executor: Executor, orders: Sequence[Order], *, away: bool = False) -> Iterator[Ran]:
    """Run every client; each is told as soon as it has ended.

    Where the executor is ``away`` from here, the paths are sent whole. Standard output is for what
    comes after: clients that share this process would put it back for one another too early.
    """
    sent: dict[Future[Ran], Order] = {}
    with _told_once(), redirect_stdout(sys.stderr):
        for order in orders:
            there = replace(order, path=order.path.absolute()) if away else order
            sent[executor.submit(run_client, there)] = order
        for future in finished(executor, sent):
            yield _ended(future, sent[future].path)


def _ended(future: Future[Ran], path: Path) -> Ran:
    try:
        return replace(future.result(), path=path)
    except RegularsError as error:
        return Ran(path, error.exit_status, 0.0, said=str(error))
    except Exception as error:  # noqa: BLE001 (an executor may raise anything)
        said = f"the executor gave it up: {reason(error)}; see why, then run again"
        return Ran(path, 1, 0.0, said=said)


def run_client(order: Order) -> Ran:
    """One client's run, from loading to its end; what goes wrong is told, never raised."""
    began = perf_counter()
    with _heard(str(order.path.absolute())) as lines:
        try:
            ran, secrets = _run(order)
        except KeyboardInterrupt as error:
            if threading.current_thread() is threading.main_thread():
                raise  # a person's; of a thread only a plugin can have raised it
            ran, secrets = Ran(order.path, 1, 0.0, said=_fault(error)), ()
    log = tuple(redact(line, secrets) for line in lines)
    return replace(ran, seconds=round(perf_counter() - began, 3), log=log)


def _run(order: Order) -> tuple[Ran, Collection[str]]:
    """How it ended, and what nobody else must read."""
    path = order.path
    try:
        loaded = load_playbook(path)
    except RegularsError as error:
        return Ran(path, error.exit_status, 0.0, said=str(error)), ()
    except Exception as error:  # noqa: BLE001 (a plugin file may raise anything)
        return Ran(path, 1, 0.0, said=_fault(error)), ()
    playbook = loaded.playbook
    ended = Ran(path, 1, 0.0, playbook.id)
    try:
        with spoken(loaded):
            return replace(ended, **_done(loaded, order)), playbook.secrets
    except RegularsError as error:
        ended = replace(ended, status=error.exit_status, said=str(error))
    except Exception as error:  # noqa: BLE001 (one client's fault is not the others')
        ended = replace(ended, said=redact(_fault(error), playbook.secrets))
    return ended, playbook.secrets


def _done(loaded: Loaded, order: Order) -> dict[str, Any]:
    playbook = loaded.playbook
    now = order.at.at(playbook.timezone) if order.at else datetime.now(UTC)
    leave, in_flight = order.leave_sending, order.in_flight
    summary = run(loaded, now, in_flight=in_flight, leave_sending=leave)
    said = redact(_said(summary), playbook.secrets) or None
    return {"status": int(summary.needs_a_person), "summary": summary.as_json(), "said": said}


def _fault(error: BaseException) -> str:
    return f"a fault: {reason(error)}; run this playbook alone to see where"


def _said(summary: Summary) -> str:
    """What a person should know besides the numbers."""
    return "\n".join(
        f"channels.{name} can't be reached, its messages wait for the next run: {why}"
        for name, why in summary.away.items()
    )


def worst(statuses: Sequence[int]) -> int:
    """The exit status of all together."""
    return next((status for status in WORST if status in statuses), 1)


@contextmanager
def _heard(client: str) -> Iterator[list[str]]:
    """What is logged while ``client`` is at work, here and in the threads that send for it."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if _AT_WORK.get() == client:
                lines.append(self.format(record))

    ear, root = Ear(logging.WARNING), logging.getLogger()
    token = _AT_WORK.set(client)
    root.addHandler(ear)
    try:
        yield lines
    finally:
        root.removeHandler(ear)
        _AT_WORK.reset(token)


@contextmanager
def _told_once() -> Iterator[None]:
    """Clients' warnings are told with their results, so nobody else prints them meanwhile."""

    def of_no_client(_record: logging.LogRecord) -> bool:
        return _AT_WORK.get() is None

    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(of_no_client)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(of_no_client)
