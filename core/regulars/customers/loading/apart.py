"""Reading apart: a large part is read by a process of its own while this one writes to the store.

That process gets the part, the columns and the reader, and answers with batches through a pipe,
which holds it back when it is ahead. Where it can't begin, because there is one core or what a
plugin made doesn't travel, the part is read here, with the same result.
"""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from signal import Signals
from subprocess import PIPE, Popen, TimeoutExpired
from typing import TYPE_CHECKING, Any

from regulars.errors import TemporaryError

from .reading import BatchRead
from .source_columns import SourceColumns

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from .reading import Reading

LARGE = 16 << 20  # bytes: then reading takes several times as long as starting a process
READY = "ready"
AHEAD = 1 << 20  # bytes that it may be ahead of us: some batches
_PROCESS = f"{__package__}.apart_process"
_PATIENCE = 5  # seconds in which a process that nobody listens to should have ended


def batches_of(reading: Reading) -> Generator[BatchRead]:
    """Every batch, read by another process where that is worth it.

    Raises:
        SourceError, PluginError: as ``Reading.batches`` does.
        TemporaryError: the other process ended too early.
    """
    with _other_process(reading) as other:
        if other is not None and other.answer() == READY:
            yield from _told(other, reading)
            return
    yield from reading.batches()


def _told(other: _Other, reading: Reading) -> Iterator[BatchRead]:
    while isinstance(answer := other.answer(), BatchRead):
        yield answer
    if isinstance(answer, Exception):
        raise answer
    if not isinstance(answer, SourceColumns):
        raise TemporaryError(
            f"the process that read {reading.part.origin} ended too early ({other.ending()}), so "
            "nothing of this source was loaded: see that there is enough memory, then run again"
        )
    reading.columns.follow(answer)


@contextmanager
def _other_process(reading: Reading) -> Iterator[_Other | None]:
    """A process that reads, gone afterwards; None where this one should."""
    errand = _errand(reading)
    other = None if errand is None else _started(errand)
    try:
        yield other
    finally:
        if other is not None:
            other.end()


def _errand(reading: Reading) -> bytes | None:
    """``reading`` as it travels; None where it doesn't or needn't."""
    size = reading.part.size
    if size is None or size < LARGE or _cores() == 1 or not _has_python():
        return None
    try:
        return pickle.dumps(replace(reading, part=replace(reading.part, fingerprint=None)))
    except Exception:  # noqa: BLE001 (they are a plugin's own objects)
        return None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _has_python() -> bool:
    """Whether ``sys.executable`` is Python, not a program that has Python inside."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


def _started(errand: bytes) -> _Other | None:
    places = os.pathsep.join(filter(None, sys.path))  # it must find the same modules
    try:
        process = Popen(  # noqa: S603 (it is our own)
            [sys.executable, "-P", "-m", _PROCESS],
            stdin=PIPE,
            stdout=PIPE,
            bufsize=AHEAD,
            pipesize=AHEAD,
            env={**os.environ, "PYTHONPATH": places},
            process_group=0,  # Ctrl-C is for this process, which then ends that one
        )
    except OSError:
        return None
    return _Other(process, errand)


class _Other:
    """The other process, with its errand."""

    def __init__(self, process: Popen[bytes], errand: bytes) -> None:
        assert process.stdin is not None  # noqa: S101 (they are pipes)
        assert process.stdout is not None  # noqa: S101
        self._process, self._answers = process, process.stdout
        with suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(errand)

    def answer(self) -> Any:
        """What it says next; None when it has ended."""
        try:
            return pickle.load(self._answers)  # noqa: S301 (it runs our own code)
        except (EOFError, pickle.UnpicklingError):
            return None

    def ending(self) -> str:
        """How it ended."""
        self.end()
        status = self._process.returncode
        return next((s.name for s in Signals if s == -status), f"status {status}")

    def end(self) -> None:
        """Listen no more, so that it ends with its next answer."""
        self._answers.close()
        try:
            self._process.wait(_PATIENCE)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()
