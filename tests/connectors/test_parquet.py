from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from regulars.errors import SourceError
from regulars_connectors.parquet import ParquetSettings, open_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.hooks import Batch


def batches(folder: Path, path: str = "*.parquet") -> list[Batch]:
    with open_parquet(ParquetSettings(path=path), folder) as parts:
        return [batch for part in parts for batch in part.read(None)]


def test_values_keep_their_types_and_structs_get_dotted_names(tmp_path: Path) -> None:
    row: dict[str, Any] = {
        "id": 7,
        "at": datetime(2025, 3, 1, 10, tzinfo=UTC),
        "day": date(2025, 3, 1),
        "total": Decimal("12.50"),
        "place": {"city": "Rome", "at": {"lat": 41.9}},
        "tags": ["a", "b"],
        "none": None,
    }
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
    (batch,) = batches(tmp_path)
    found = dict(zip(batch.columns, batch.rows[0], strict=True))
    assert found == {
        "id": 7,
        "at": row["at"],
        "day": row["day"],
        "total": row["total"],
        "place.at.lat": 41.9,
        "place.city": "Rome",
        "tags": ["a", "b"],
        "none": None,
    }
    assert list(batch.numbers) == [1]


def test_rows_come_in_batches_over_all_files(tmp_path: Path) -> None:
    for name in "ab":
        pq.write_table(pa.table({"n": range(15_000)}), tmp_path / f"{name}.parquet")
    numbers = [(batch.numbers[0], batch.numbers[-1]) for batch in batches(tmp_path)]
    assert numbers == [(1, 10_000), (10_001, 15_000)] * 2


def test_a_file_that_is_no_parquet_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("id,at\n1,2\n")
    with pytest.raises(SourceError, match=r"a\.parquet is not a readable Parquet file"):
        batches(tmp_path)


def test_without_pyarrow_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SourceError, match=r"run pip install 'regulars\[parquet\]'"):
        batches(tmp_path)
