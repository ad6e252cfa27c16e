"""Executors: where the work of a call is done. Each is a ``concurrent.futures.Executor``.

``process`` is this machine's processes, ``thread`` threads of this one, ``dask://host:port`` the
workers of a Dask cluster. What they are given and what they return can be pickled.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from regulars.errors import RegularsError, TemporaryError

from .processes import Processes

if TYPE_CHECKING:
    from collections.abc import Iterator

DASK = "dask://"
_PATIENCE = "10s"  # until a scheduler that doesn't answer counts as away


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
    address = f"tcp://{name.removeprefix(DASK)}"
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=_PATIENCE, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise TemporaryError(
            f"no Dask scheduler answers at {name}: see that it runs and that the port is right"
        ) from error
    with client:
        yield client.get_executor(pure=False, retries=0)
