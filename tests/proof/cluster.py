"""A Dask cluster on this machine: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 60  # seconds


@dataclass(frozen=True)
class Cluster:
    """A running cluster; ``workers`` are those that nobody starts anew."""

    name: str
    workers: list[Popen[bytes]]


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler on a free port of the loopback with so many workers; they end with us."""
    folder.mkdir()
    file, started = folder / "scheduler.json", list[Popen[bytes]]()
    here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]

    def start(program: str, *words: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{program}", *here]
        with (folder / f"{program}-{len(started)}").open("wb") as out:
            started.append(Popen([*command, *words], cwd=folder, stdout=out, stderr=out))

    try:
        start("dask_scheduler", "--port", "0")
        address = _address(file)
        for _ in range(workers):
            start("dask_worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        yield Cluster(f"dask://{address}", started[1:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _address(file: Path) -> str:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            address: str = json.loads(file.read_text())["address"]
        except (OSError, ValueError):
            time.sleep(0.05)
        else:
            return address.removeprefix("tcp://")
    raise AssertionError((file.parent / "dask_scheduler-0").read_text())
