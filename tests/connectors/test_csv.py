from __future__ import annotations

import codecs
import os
import tracemalloc
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from regulars.errors import SourceError
from regulars_connectors import csv as connector
from regulars_connectors import files
from regulars_connectors.csv import CsvSettings, open_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regulars.hooks import Batch, SourcePart


def batches(folder: Path, **settings: Any) -> list[Batch]:
    with open_csv(CsvSettings(**{"path": "data.csv"} | settings), folder) as parts:
        return [batch for part in parts for batch in part.read(None)]


def rows(folder: Path, **settings: Any) -> list[tuple[str, ...]]:
    return [tuple(row) for batch in batches(folder, **settings) for row in batch.rows]


def rejected(folder: Path, **settings: Any) -> list[tuple[int, str]]:
    return [(r.row, r.reason) for batch in batches(folder, **settings) for r in batch.rejected]


def write(folder: Path, content: str | bytes, name: str = "data.csv") -> None:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    write(tmp_path, 'a,b\r\n1,"two\nlines"\r\n\r\n3,x\r\n')
    (batch,) = batches(tmp_path)
    assert batch.columns == ("a", "b")
    assert [list(row) for row in batch.rows] == [["1", "two\nlines"], ["3", "x"]]
    assert list(batch.numbers) == [2, 4]
    assert batch.rejected == ()


@pytest.mark.parametrize("blank", ["\n", "\ufeff\r\n", "  \n,,\n"])
def test_blank_lines_before_the_header_are_skipped_and_counted(tmp_path: Path, blank: str) -> None:
    write(tmp_path, f"{blank}a,b\n1,2\n\n3\n")
    (batch,) = batches(tmp_path)
    before = blank.count("\n")
    assert (batch.columns, list(map(list, batch.rows))) == (("a", "b"), [["1", "2"]])
    assert list(batch.numbers) == [before + 2]
    assert [row for row, _ in rejected(tmp_path)] == [before + 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_its_encoding_without_the_mark(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, "név,b\né,2\n".replace("é", "ä").encode(encoding))
    (batch,) = batches(tmp_path, encoding=encoding.removesuffix("-sig"))
    assert batch.columns == ("näv", "b")
    assert list(batch.rows[0]) == ["ä", "2"]


def test_a_file_that_excel_saved_as_csv_utf8_needs_no_setting(tmp_path: Path) -> None:
    write(tmp_path, '"id",b\nä,2\n'.encode("utf-8-sig"))
    (batch,) = batches(tmp_path)
    assert (batch.columns, list(batch.rows)) == (("id", "b"), [("ä", "2")])
    (unnamed,) = batches(tmp_path, header=["id", "b"])
    assert unnamed.rows[0] == ["id", "b"]


@pytest.mark.parametrize("content", ["a,b\r1,2\r", "a,b\n1,2\n", "a,b\r\n1,2"])
def test_a_mark_is_taken_off_before_a_first_line_longer_than_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setattr(connector, "BLOCK", 4)
    write(tmp_path, content.encode("utf-8-sig"))
    assert next(iter(batches(tmp_path))).columns == ("a", "b")
    assert rows(tmp_path) == [("1", "2")]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("settings", [{}, {"encoding": "cp1252"}])
def test_utf16_in_another_encoding_is_one_error_that_says_what_to_set(
    tmp_path: Path, mark: bytes, settings: dict[str, str]
) -> None:
    write(tmp_path, mark + b"i\0d\0\n\0")
    with pytest.raises(SourceError, match=r"data\.csv is UTF-16 text; set encoding: utf-16"):
        batches(tmp_path, **settings)


def test_delimiter_quotes_and_header_are_the_playbooks(tmp_path: Path) -> None:
    write(tmp_path, "1;'x;y'\n")
    settings = {"delimiter": ";", "quotechar": "'", "header": ["a", "b"]}
    (batch,) = batches(tmp_path, **settings)
    assert (batch.columns, list(batch.numbers)) == (("a", "b"), [1])
    assert list(batch.rows[0]) == ["1", "x;y"]


def test_ragged_rows_are_rejected_and_the_others_kept(tmp_path: Path) -> None:
    write(tmp_path, "a,b,c,d,e\n1,2,3\n1,2,3,4,5\nx\n1,2,3,4,5,6\n")
    assert rows(tmp_path) == [tuple("12345")]
    assert rejected(tmp_path) == [
        (2, "has 3 fields, the header has 5"),
        (4, "has 1 field, the header has 5"),
        (5, "has 6 fields, the header has 5"),
    ]


def test_bytes_that_are_no_text_cost_only_their_row(tmp_path: Path) -> None:
    write(tmp_path, b"a,b\n1,\xc3\xa9\n2,\xff\xfe\n3,x\n")
    assert rows(tmp_path) == [("1", "é"), ("3", "x")]
    assert rejected(tmp_path) == [(3, "is not valid utf-8")]


def test_a_stray_quote_costs_only_its_row(tmp_path: Path) -> None:
    write(tmp_path, 'a,b\n1,"x"y\n2,z\n3,"a""b"\n')
    assert rows(tmp_path) == [("2", "z"), ("3", 'a"b')]
    assert [row for row, _ in rejected(tmp_path)] == [2]


def test_a_quote_that_is_never_closed_is_an_error_with_its_row(tmp_path: Path) -> None:
    write(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n')
    with pytest.raises(SourceError, match=r"data\.csv, row 3: a quote is never closed; close it"):
        batches(tmp_path)


@pytest.mark.parametrize("cell", ["x" * 100_000_000, '"' + "x,\n" * 20_000_000])
def test_a_huge_cell_is_an_error_in_bounded_memory(tmp_path: Path, cell: str) -> None:
    write(tmp_path, f"a,b\n1,2\n3,{cell}\n")
    del cell
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match=r"data\.csv"):
            batches(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_a_cell_of_more_than_a_megabyte_is_an_error_with_its_row(tmp_path: Path) -> None:
    write(tmp_path, f"a,b\n1,{'x' * 1_000_000}\n")
    assert len(rows(tmp_path)) == 1
    write(tmp_path, f"a,b\n1,{'x' * 1_000_001}\n")
    with pytest.raises(SourceError, match=r"row 2: a cell is larger than 1 MB"):
        batches(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty: it has not even a header"),
        ("\n\n", "is empty: it has not even a header"),
        ('\na,"b"c\n', "row 2: has text after a closing quote; .* mend the header"),
        ("a,b,a\n", "has more than one column 'a'"),
    ],
)
def test_a_header_that_is_none_is_an_error(tmp_path: Path, content: str, reason: str) -> None:
    write(tmp_path, content)
    with pytest.raises(SourceError, match=reason):
        batches(tmp_path)


def test_a_file_with_only_a_header_has_no_rows(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n")
    assert rows(tmp_path) == []


def test_a_missing_file_is_named_with_one_like_it(tmp_path: Path) -> None:
    write(tmp_path, "a\n", "date.csv")
    with pytest.raises(
        SourceError, match=r"data\.csv is missing in .* \(did you mean date\.csv\?\)"
    ):
        batches(tmp_path)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to(path)])
@pytest.mark.parametrize("name", ["data.csv", "data[1].csv"])
def test_what_is_no_regular_file_is_called_so(
    tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    make(tmp_path / name)
    with pytest.raises(SourceError, match=r"^data\S* is no regular file but a pipe.*mend path$"):
        batches(tmp_path, path=name)
    with pytest.raises(SourceError, match=r"^/dev/null is no regular file"):
        batches(tmp_path, path="/dev/null")


def test_a_glob_reads_its_files_in_order_and_one_without_a_match_is_an_error(
    tmp_path: Path,
) -> None:
    for name in ("b.csv", "a.csv", "[c].csv"):
        write(tmp_path, f"file\n{name}\n", name)
    assert rows(tmp_path, path="?.csv") == [("a.csv",), ("b.csv",)]
    assert rows(tmp_path, path="[c].csv") == [("[c].csv",)]
    assert rows(tmp_path, path=str(tmp_path / "a*.csv")) == [("a.csv",)]
    with pytest.raises(SourceError, match=r"no file in .* matches x\*\.csv"):
        batches(tmp_path, path="x*.csv")


def part(folder: Path) -> SourcePart:
    with open_csv(CsvSettings(path="data.csv"), folder) as parts:
        return next(iter(parts))


def test_the_fingerprint_changes_with_the_content_alone(tmp_path: Path) -> None:
    def fingerprint() -> str:
        made = part(tmp_path).fingerprint
        assert callable(made)
        return made()

    write(tmp_path, "a\n1\n")
    before = fingerprint()
    write(tmp_path, "a\n1\n")
    assert fingerprint() == before
    write(tmp_path, "a\n2\n")
    assert fingerprint() != before


def test_the_stamp_changes_with_every_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a\n1\n")
    assert part(tmp_path).stamp is None  # somebody may still be writing
    monkeypatch.setattr(files, "_JUST_NOW", 0)
    before = part(tmp_path).stamp
    assert part(tmp_path).stamp == before
    file = tmp_path / "data.csv"
    kept = file.stat()
    while file.stat().st_ctime_ns == kept.st_ctime_ns:
        write(tmp_path, "a\n2\n")
        os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert part(tmp_path).stamp not in {before, None}


@given(
    cells=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), max_size=5),
            st.text(st.sampled_from('",\n\r x\u2028\x0b'), max_size=5),
        ),
        max_size=8,
    ),
    block=st.integers(1, 9),
)
def test_what_is_written_is_read_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[tuple[str, str]],
    block: int,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    lines = [
        '"{}","{}"'.format(*tuple(c.replace('"', '""') for c in row))
        for row in [("a", "b"), *cells]
    ]
    write(folder, "\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connector, "BLOCK", block)
        assert rows(folder) == cells


@hypothesis.settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(st.sampled_from('ab,;"\n\r é\0'), max_size=40),
    block=st.integers(1, 12),
    delimiter=st.sampled_from(",; "),
)
def test_what_is_not_quoted_is_read_as_the_csv_module_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, block: int, delimiter: str
) -> None:
    write(tmp_path, text)
    monkeypatch.setattr(connector, "BLOCK", block)

    def found() -> Any:
        words: dict[str, Any] = {"delimiter": delimiter, "header": ["x", "y"]}
        try:
            return [
                [
                    (n, tuple(row))
                    for b in batches(tmp_path, **words)
                    for n, row in zip(b.numbers, b.rows, strict=True)
                ],
                rejected(tmp_path, **words),
            ]
        except SourceError as error:
            return str(error)

    fast = found()
    with monkeypatch.context() as patch:
        patch.setattr(connector.Rows, "_plain", lambda *_: None)
        assert found() == fast
