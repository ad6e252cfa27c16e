"""What the benchmarks share: processes measured from outside, tables, the command line."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Result = dict[str, Any]
Row = tuple[str, str, str]  # what was measured, how much it is, how much is wanted


@dataclass(frozen=True)
class Process:
    """One process that ended: its answer, its wall-clock seconds, its peak memory in MB.

    Where the system tells it (Linux), the memory is that of the process and those it started.
    ``cpu_seconds`` are the processor's, theirs as well: on a busy machine the clock says little.
    """

    answer: dict[str, Any]
    seconds: float
    peak_mb: float
    cpu_seconds: float


def regulars(folder: Path, *arguments: str) -> Process:
    """Run one command of regulars as a process of its own and measure it from outside."""
    return measured(folder, "-m", "regulars", *arguments)


def measured(folder: Path, *arguments: str, python: str = sys.executable) -> Process:
    """Run ``python`` with ``arguments``; it answers with JSON."""
    with tempfile.TemporaryFile("w+") as output:
        os.sync()  # what others wrote before is not for this one to wait for
        start = time.perf_counter()
        process = subprocess.Popen(
            [python, *arguments], cwd=folder, stdout=output, env=_installed()
        )
        status, peak, cpu = awaited(process.pid)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{python} {' '.join(arguments)} ended with status {process.returncode}")
        output.seek(0)
        return Process(json.load(output), taken, peak, cpu)


def _installed() -> dict[str, str]:
    """The environment in which modules are kept compiled, as of a program that is installed."""
    return {n: value for n, value in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}


def awaited(pid: int) -> tuple[int, float, float]:
    """The status with which a process ended; with what it started, peak MB and processor's s."""
    together = 0.0
    while True:
        together = max(together, resident(pid))
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            alone = usage.ru_maxrss / (1_048_576 if sys.platform == "darwin" else 1_024)
            return status, max(alone, together), usage.ru_utime + usage.ru_stime
        time.sleep(0.02)


def resident(pid: int) -> float:
    """The memory of a process and those that it started, in MB now; 0 where nobody says."""
    process = Path(f"/proc/{pid}")
    try:
        started = (process / f"task/{pid}/children").read_text().split()
        pages = int((process / "statm").read_text().split()[1])
    except OSError:
        return 0.0
    own = pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576
    return own + sum(resident(int(child)) for child in started)


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {"cpus": os.cpu_count(), "python": platform.python_version()}


def stages(seconds: Mapping[str, float]) -> list[Row]:
    """A row for each stage of a run."""
    return [(f"  stage {name}", f"{taken:.2f} s", "") for name, taken in seconds.items()]


def table(rows: Iterable[Row]) -> str:
    """The rows below one another."""
    return "\n".join(f"{name:<28}{value:>14}   {wanted}" for name, value, wanted in rows)


def benchmark(
    about: str | None,
    sizes: Mapping[str, int],
    measure: Callable[..., Result],
    told: Callable[[Result], str],
) -> None:
    """The command line of a benchmark: measure in a folder, print what is ``told``, keep it.

    ``measure`` gets the folder and each of ``sizes`` by name, as the user says it or as given.
    """
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    for name, usual in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    given = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as temporary:
        folder = given["keep"] or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        result = measure(folder, **{name: given[name] for name in sizes})
    print(told(result))
    if given["json"]:
        given["json"].parent.mkdir(parents=True, exist_ok=True)
        given["json"].write_text(json.dumps(result, indent=2) + "\n")
