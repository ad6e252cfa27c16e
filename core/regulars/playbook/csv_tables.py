"""CSV tables beside a playbook that its models read: as columns of text, or what is wrong."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Columns = dict[str, list[str]]


class TableError(ValueError):
    """Why a table can't be read and what to do, as what follows the file's name."""


def read_table(path: Path) -> Columns:
    """The columns of the file at ``path`` by the names in its first row; cells are stripped.

    Blank rows are skipped.

    Raises:
        TableError: there is no such file, or it is no table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _columns(file)
    except FileNotFoundError:
        raise TableError("is not there; put it beside the playbook, or mend its name") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TableError(f"can't be read ({reason}); allow it to be read") from error
    except UnicodeDecodeError as error:
        raise TableError("is not UTF-8; save it as CSV in UTF-8") from error


def _columns(file: Iterable[str]) -> Columns:
    rows = _rows(file)
    _, names = next(rows, (0, []))
    if not names:
        raise TableError("is empty; its first row names its columns")
    if len(set(names)) < len(names) or "" in names:
        raise TableError("has columns of one name, or of none; give each a name of its own")
    kept = []
    for line, cells in rows:
        if len(cells) != len(names):
            raise TableError(
                f"has {len(cells)} cells in line {line} and {len(names)} columns; "
                "give every row as many, and put what holds a comma in quotes"
            )
        kept.append(cells)
    columns = zip(*kept, strict=True) if kept else ([] for _ in names)
    return {name: list(cells) for name, cells in zip(names, columns, strict=True)}


def _rows(file: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that isn't blank."""
    reader = csv.reader(file, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        reason = f"breaks off in line {reader.line_num} ({error}); mend its quotes"
        raise TableError(reason) from error
