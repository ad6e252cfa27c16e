"""Tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import UnionType

    from rich.console import Console


@dataclass(frozen=True)
class Table:
    """Rows for people to read: text and numbers that are rounded already."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    click.echo(json_text(value))


def json_text(value: object) -> str:
    """``value`` as one JSON document."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_as_json)


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def print_tables(tables: Iterable[Table]) -> None:
    """Each of ``tables`` on stdout, its notes below; text that tells numbers goes to the right."""
    from rich.text import Text

    for table in tables:
        columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
        right = [place > 0 and all(map(_tells_a_number, c)) for place, c in enumerate(columns)]
        _print(table.title, table.columns, table.rows, right, tight=True)  # its cells are long
        for note in table.notes:
            console().print(Text(one_line(note)))
        if table.notes:
            console().print("")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout: numbers to the right, lists an item a line, times in UTC."""
    cells = [list(row) for row in rows]
    right = [_all(int | float, cells, place) for place, _ in enumerate(columns)]
    _print(title, columns, cells, right)


def _print(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    right: Sequence[bool],
    *,
    tight: bool = False,
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=tight,
        header_style="dim",
    )
    for place, column in enumerate(columns):
        whole = _all(int | float | datetime, rows, place)
        side: Literal["left", "right"] = "right" if right[place] else "left"
        drawn.add_column(Text(column), justify=side, overflow="fold", no_wrap=whole)
    for row in rows:
        drawn.add_row(*(Text(_cell(item)) for item in row))
    print_title(title)
    console().print(drawn, "")


def _all(kind: type | UnionType, rows: Sequence[Sequence[object]], place: int) -> bool:
    """Whether all that is in the column is of ``kind``, and anything is."""
    held = [row[place] for row in rows if row[place] is not None]
    return bool(held) and all(isinstance(item, kind) for item in held)


def _tells_a_number(item: object) -> bool:
    text = _cell(item)
    return any(map(str.isdigit, text)) or not any(map(str.isalpha, text))


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
