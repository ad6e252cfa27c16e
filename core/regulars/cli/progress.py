"""A progress bar where there is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from regulars.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bars

    from regulars.progress import Progress


class _Bar:
    """One bar at a time, on stderr."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: Any = None

    def start(self, what: str, total: int | None = None) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(what, total=total)

    def advance(self, count: int) -> None:
        self._bars.advance(self._task, count)


@contextmanager
def progress_on_terminal() -> Iterator[Progress]:
    """A progress bar on stderr if it is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    from rich.console import Console as Terminal
    from rich.progress import Progress as Bars

    with Bars(console=Terminal(stderr=True), transient=True) as bars:
        yield _Bar(bars)
