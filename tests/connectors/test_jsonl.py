from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.errors import SourceError
from regulars_connectors.jsonl import LONGEST_LINE, JsonlSettings, open_jsonl

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.hooks import Batch


def batches(folder: Path, content: str | bytes) -> list[Batch]:
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "data.jsonl").write_bytes(data)
    with open_jsonl(JsonlSettings(path="data.jsonl"), folder) as parts:
        return [batch for part in parts for batch in part.read(None)]


def test_objects_become_rows_with_the_union_of_their_keys(tmp_path: Path) -> None:
    lines = '\ufeff{"a": 1, "b": {"c": {"d": "x"}}}\n\n{"e": [1, {"f": 2}], "a": null}'
    (batch,) = batches(tmp_path, lines)
    assert batch.columns == ("a", "b.c.d", "e")
    assert batch.rows == [[1, "x", None], [None, None, [1, {"f": 2}]]]
    assert batch.numbers == [1, 3]
    assert batch.sparse


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "is not JSON: Expecting property name enclosed in double quotes at column 2"),
        (b"[1]", "is not a JSON object; write one {…} a line"),
        (b'{"a": NaN}', "is not JSON: NaN is not JSON"),
        (b'{"a": "\xff"}', "is not valid utf-8"),
        (b"[" * 100_000, "is nested too deep"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "is nested too deep"),
    ],
)
def test_a_line_that_is_no_object_costs_only_itself(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    (batch,) = batches(tmp_path, b'{"a": 1}\n' + line + b'\n{"a": 2}\n')
    assert batch.rows == [[1], [2]]
    assert [(r.row, r.reason) for r in batch.rejected] == [(2, reason)]


def test_an_endless_line_is_an_error_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"data\.jsonl, row 2: is longer than 8 MB"):
        batches(tmp_path, b'{"a": 1}\n' + b"x" * (LONGEST_LINE + 1))


def test_utf16_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"data\.jsonl is UTF-16 text; save it as UTF-8"):
        batches(tmp_path, '{"a": 1}\n{"a": 2}\n'.encode("utf-16"))


def test_objects_that_are_no_rows_are_an_error(tmp_path: Path) -> None:
    lines = "\n".join(f'{{"key{n}": 1}}' for n in range(1_001))
    with pytest.raises(SourceError, match=r"more than 1,000 different keys"):
        batches(tmp_path, lines)
