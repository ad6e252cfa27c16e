"""Parquet files, read by record batches. Needs pyarrow: ``pip install 'regulars[parquet]'``.

A struct's fields have dotted names, as ``address.city``. Rows are counted from 1.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from regulars.errors import SourceError
from regulars.hooks import Batch, ConnectorKind, Settings, SourcePart, hookimpl

from .files import find_files, part, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BATCH = 10_000  # rows


class ParquetSettings(Settings):
    """Which files."""

    path: Annotated[str, Field(min_length=1, description="a file or a glob, beside the playbook")]


def _pyarrow(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise SourceError(
            f"parquet files need pyarrow ({error}); run pip install 'regulars[parquet]'"
        ) from None


def _batches(file: Path, name: str, _cursor: Any) -> Iterator[Batch]:
    arrow, parquet = _pyarrow("pyarrow"), _pyarrow("pyarrow.parquet")
    try:
        with parquet.ParquetFile(file) as content:
            row = 1
            for records in content.iter_batches(BATCH):
                yield _batch(arrow.Table.from_batches([records]), arrow, row)
                row += records.num_rows
    except arrow.ArrowException as error:
        raise SourceError(
            f"{name} is not a readable Parquet file: {str(error).splitlines()[0]}; write it again"
        ) from None
    except OSError as error:
        raise unreadable(name, error) from None


def _batch(table: Any, arrow: Any, first_row: int) -> Batch:
    while any(arrow.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    values = [column.to_pylist() for column in table.columns]
    rows = list(zip(*values, strict=True))
    return Batch(tuple(table.column_names), rows, range(first_row, first_row + len(rows)))


@contextmanager
def open_parquet(config: ParquetSettings, folder: Path) -> Iterator[Iterable[SourcePart]]:
    """One part a file, sorted by name."""
    yield (part(file, folder, _batches) for file in find_files(config.path, folder))


@hookimpl
def regulars_connectors() -> Iterable[ConnectorKind]:
    """Offer ``use: parquet``."""
    yield ConnectorKind("parquet", "Rows of Parquet files", ParquetSettings, open_parquet)
