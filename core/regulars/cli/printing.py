"""Tables for people, JSON for programs, a progress bar where there is a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import click

from regulars.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console
    from rich.progress import Progress as Bars

    from regulars.progress import Progress


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    click.echo(json_text(value))


def json_text(value: object) -> str:
    """``value`` as one JSON document."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_as_json)


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout: numbers to the right, lists an item a line, times in UTC."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    cells = [list(row) for row in rows]
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for place, column in enumerate(columns):
        held = [row[place] for row in cells if row[place] is not None]
        numbers = bool(held) and all(isinstance(item, int | float) for item in held)
        times = bool(held) and all(isinstance(item, datetime) for item in held)
        side: Literal["left", "right"] = "right" if numbers else "left"
        table.add_column(Text(column), justify=side, overflow="fold", no_wrap=numbers or times)
    for row in cells:
        table.add_row(*(Text(_cell(item)) for item in row))
    print_title(title)
    console().print(table, "")


def print_title(title: str) -> None:
    """A title on stdout, bold where a terminal shows it."""
    from rich.text import Text

    console().print(Text(title, "bold"))


def console() -> Console:
    """Where results are printed: stdout as it is now, as wide as the terminal."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)


def one_line(item: object) -> str:
    """``item`` as people read it, without anything that a terminal would obey."""
    return " ".join(_cell(item).splitlines())


def _cell(item: object) -> str:
    if isinstance(item, int) and not isinstance(item, bool):
        return f"{item:,}"
    if isinstance(item, list):
        return "\n".join(map(_cell, item))
    if isinstance(item, dict):
        return ", ".join(f"{_cell(name)} {_cell(value)}" for name, value in item.items())
    if isinstance(item, datetime):
        return f"{item.astimezone(UTC):%Y-%m-%d %H:%M}"
    text = "" if item is None else str(item)
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)


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
