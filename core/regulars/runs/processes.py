"""Processes: an executor whose workers die alone.

The standard library's pool ends every worker when one is killed. Here each worker is a process of
its own, begun anew when it dies, and only what it was doing fails.
"""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from regulars.errors import TemporaryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

_context = get_context("spawn")  # nothing of this process is shared: no connection, no lock

_Job = tuple[Future[Any], "Callable[..., Any]", tuple[Any, ...], dict[str, Any]]


class WorkerDied(TemporaryError):  # noqa: N818 (it is a state, not a failure of ours)
    """The process that did the work ended in the middle of it."""


class Processes(Executor):
    """Up to ``workers`` processes, started as they are needed."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._running: set[_Worker] = set()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have ``fn`` called in one of the processes.

        The future raises ``WorkerDied`` when that process ends before it answers.
        """
        future: Future[Any] = Future()
        self._jobs.put((future, fn, args, kwargs))
        if len(self._threads) < self.workers:
            thread = threading.Thread(target=self._serve, daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def stop(self) -> None:
        """Ask every process to break off what it does; it ends once that is written down."""
        for worker in tuple(self._running):
            worker.process.terminate()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Take nothing more and end the processes once they have done what they were given."""
        if cancel_futures:
            while not self._jobs.empty():
                if (job := self._jobs.get()) is not None:
                    job[0].cancel()
        for _ in self._threads:
            self._jobs.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        worker: _Worker | None = None
        while (job := self._jobs.get()) is not None:
            future, function, args, kwargs = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None:
                    worker = _start()
                    self._running.add(worker)
                future.set_result(worker.call(function, args, kwargs))
            except BaseException as error:  # noqa: BLE001 (it is the caller's)
                future.set_exception(error)
            if worker is not None and not worker.process.is_alive():
                self._running.discard(worker)
                worker = None
        if worker is not None:
            worker.end()
            self._running.discard(worker)


@dataclass(frozen=True, eq=False)
class _Worker:
    process: SpawnProcess
    pipe: Connection

    def call(self, *job: Any) -> Any:
        """What the function returned.

        Raises:
            WorkerDied: the process ended before it said so.
            RuntimeError: the function failed, with its error in words.
        """
        try:
            self.pipe.send(job)
            wait([self.pipe, self.process.sentinel])
            answer, failed = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            raise WorkerDied(_died(self.process.exitcode)) from None
        if failed is not None:
            raise RuntimeError(failed)
        return answer

    def end(self) -> None:
        """Let the process end."""
        self.pipe.close()
        self.process.join()


def _start() -> _Worker:
    ours, theirs = _context.Pipe()
    process = _context.Process(target=_work, args=(theirs,), name="regulars-worker")
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _died(status: int | None) -> str:
    if status is not None and status < 0:
        how = f"was ended by signal {-status} ({signal.Signals(-status).name})"
    else:
        how = f"ended by itself with status {status}"
    return f"the process that did the work {how} before it was done: see why, then run again"


def _work(pipe: Connection) -> None:
    """The life of a worker: answer what is asked, until nobody is there any more.

    SIGTERM breaks off what it does, as Ctrl-C does in a command; Ctrl-C itself goes to everybody at
    a terminal, so it is left to the parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _break_off)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        answer: tuple[Any, str | None]
        try:
            answer = (function(*args, **kwargs), None)
        except KeyboardInterrupt:
            answer = (None, "stopped")
        except Exception as error:  # noqa: BLE001 (the parent is told)
            answer = (None, f"{type(error).__name__}: {error}")
        pipe.send(answer)


@dataclass
class _Asked:
    """Whether this process was asked to end, and whether what it does asks for that itself."""

    to_end: bool = False
    gently: bool = False


_asked = _Asked()


@contextmanager
def asked_gently() -> Iterator[Callable[[], bool]]:
    """Whether the process was asked to end: inside that is to be asked for, and interrupts nothing.

    So an answer that has just come is not lost. Who asks a second time interrupts after all.
    """
    _asked.gently = True
    try:
        yield lambda: _asked.to_end
    finally:
        _asked.gently = False


def _break_off(_signal: int, _frame: object) -> None:
    first, _asked.to_end = not _asked.to_end, True
    if not (_asked.gently and first):
        raise KeyboardInterrupt


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
