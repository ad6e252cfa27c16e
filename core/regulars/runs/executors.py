"""Executors: where the work of a call is done. Each is a ``concurrent.futures.Executor``.

``process`` is this machine's processes, ``thread`` threads of this one, ``dask://host:port`` the
workers of a Dask cluster. What they are given and what they return can be pickled.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    InvalidStateError,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from regulars.errors import RegularsError, TemporaryError

from .processes import Processes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
DASK = "dask://"
_PATIENCE = "10s"  # until a scheduler that doesn't answer counts as away
_WORKERLESS = 30.0  # seconds that a cluster may be without any worker
_LOST = "the cluster has lost all its workers: start some, then run again"
_MOST_PORTS = 65_535
_LOOK = 2.0  # seconds between two looks at its workers


class ExecutorError(RegularsError):
    """There is no such executor, or what it needs isn't installed."""

    exit_status = 2


@contextmanager
def executor_of(name: str, workers: int | None = None) -> Iterator[Executor]:
    """The executor called ``name``; its ``workers`` are as many as processors if nobody says.

    Those of a cluster are the cluster's.

    When the block is left by an error, what has begun is asked to end and the rest is forgotten.

    Raises:
        ExecutorError: nothing is called so, or the extra that it needs is missing.
        TemporaryError: nobody answers at the address.
    """
    if name.startswith(DASK):
        with _dask(name) as cluster:
            yield cluster
        return
    kinds = {"process": Processes, "thread": ThreadPoolExecutor}
    if name not in kinds:
        raise ExecutorError(
            f"there is no executor '{name}': say process, thread or dask://HOST:PORT"
        )
    executor: Executor = kinds[name](workers or os.cpu_count() or 1)
    try:
        yield executor
    except BaseException:
        if isinstance(executor, Processes):
            executor.stop()
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def width(executor: Executor) -> int:
    """How many tasks it does at a time."""
    if isinstance(executor, Processes):
        return executor.workers
    if isinstance(executor, ThreadPoolExecutor):
        return executor._max_workers  # noqa: SLF001 (it says so nowhere else)
    return max(1, sum(executor._client.nthreads().values()))  # type: ignore[attr-defined]  # noqa: SLF001


@contextmanager
def _dask(name: str) -> Iterator[Executor]:
    """The cluster whose scheduler is at ``name``; it retries nothing: the ledger decides."""
    try:
        from distributed import Client  # noqa: PLC0415 (an extra)
    except ImportError:
        raise ExecutorError(
            f"{name} needs a library that is not installed: pip install 'regulars[dask]'"
        ) from None
    address = _address(name)
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=_PATIENCE, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise TemporaryError(
            f"no Dask scheduler answers at {name}: see that it runs and that the port is right"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERLESS)
        except TimeoutError:
            raise TemporaryError(
                f"the cluster at {name} has no workers: start some with dask worker {address}"
            ) from None
        yield client.get_executor(pure=False, retries=0)


def _address(name: str) -> str:
    host, _, port = name.removeprefix(DASK).rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= _MOST_PORTS:
        raise ExecutorError(f"'{name}' is no address of a scheduler: say dask://HOST:PORT")
    return f"tcp://{host}:{port}"


def finished(executor: Executor, futures: Collection[Future[T]]) -> Iterator[Future[T]]:
    """Each of ``futures`` as it ends; they are given up when a cluster has lost all its workers."""
    left, workerless = set(futures), time.monotonic()
    client = getattr(executor, "_client", None)
    while left:
        done, left = wait(left, _LOOK if client else None, FIRST_COMPLETED)
        yield from done
        if client is None or done or _has_workers(client):
            workerless = time.monotonic()
        elif time.monotonic() - workerless > _WORKERLESS:
            for future in left:
                with suppress(InvalidStateError):  # it has ended this very moment
                    future.set_exception(TemporaryError(_LOST))


def _has_workers(client: Any) -> bool:
    try:
        return bool(client.nthreads())
    except (OSError, TimeoutError):
        return False
