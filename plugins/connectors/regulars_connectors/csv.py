"""CSV files. The header is the first row that isn't blank.

Rows are counted as a spreadsheet shows them: a quoted cell with line breaks is still one row.
Blank lines are counted and skipped.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, field_validator
from regulars.errors import SourceError
from regulars.hooks import Batch, ByColumn, ConnectorKind, Rejected, Settings, SourcePart, hookimpl

from .files import find_files, is_utf16, part, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

LONGEST = 1_000_000  # characters of a cell
BLOCK = 1 << 17  # bytes read at a time; what they become fits into a core's own cache
LONGEST_LINE = 8 << 20  # characters

Character = Annotated[str, Field(min_length=1, max_length=1)]


class CsvSettings(Settings):
    """Which files, and how they are written."""

    path: Annotated[str, Field(min_length=1, description="a file or a glob, beside the playbook")]
    delimiter: Character = ","
    quotechar: Character = '"'
    encoding: str = "utf-8"
    header: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="the columns' names, for files without a header"
    )

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            name = codecs.lookup(value).name
        except LookupError:
            raise ValueError(
                f"unknown encoding {value!r}; write utf-8, cp1252 or latin-1"
            ) from None
        return name


class Text:
    """The lines of one file, decoded block by block; ``damaged`` once bytes were no text."""

    def __init__(self, file: Path, name: str, encoding: str) -> None:
        self.file, self.name, self.encoding = file, name, encoding
        self.damaged = False
        self._all = self._blocks()
        first = next(filter(None, self._all), "")  # a block may end before the first line does
        self._block = _lines_of(first.removeprefix("\ufeff"))  # the mark that Excel puts there

    def lines(self) -> Iterator[str]:
        """Every line with its line break."""
        yield from self._block
        for block in self._all:
            self._block = _lines_of(block)
            yield from self._block

    def some(self) -> str:
        """The next lines, about as many as a block has; nothing at the end."""
        return self._block.read() or next(filter(None, self._all), "")

    def _blocks(self) -> Iterator[str]:
        try:
            yield from self._whole_lines()
        except OSError as error:
            raise unreadable(self.name, error) from None
        except UnicodeDecodeError as error:
            reason = f"{self.name} is not {self.encoding} text: {error.reason}; set encoding"
            raise SourceError(reason) from None

    def _whole_lines(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)("surrogateescape")
        rest = ""
        with self.file.open("rb") as file:
            if is_utf16(file.peek(2)) and not self.encoding.startswith(("utf-16", "utf-32")):
                raise SourceError(f"{self.name} is UTF-16 text; set encoding: utf-16")
            while block := file.read(BLOCK):
                text = rest + decoder.decode(block)
                cut = text.rfind("\n") + 1
                if len(text) - cut > LONGEST_LINE:
                    raise SourceError(
                        f"{self.name} has a line of more than {LONGEST_LINE >> 20} MB; "
                        "check that it is a CSV file"
                    )
                rest = text[cut:]
                yield self._checked(text[:cut])
        yield self._checked(rest + decoder.decode(b"", final=True))

    def _checked(self, text: str) -> str:
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                self.damaged = True
        return text


def _lines_of(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


class Rows:
    """The rows of one file, batch by batch."""

    def __init__(self, config: CsvSettings, file: Path, name: str) -> None:
        csv.field_size_limit(LONGEST)
        self.name = name
        self.text = Text(file, name, config.encoding)
        self.encoding = config.encoding.removesuffix("-sig")
        self.delimiter, self.quotechar = config.delimiter, config.quotechar
        self.lines = self.text.lines()
        self.reader = self._reader(self.lines)
        self.next_row = 1
        self.columns = tuple(config.header) if config.header else self._header()
        self._check_names()

    def _header(self) -> tuple[str, ...]:
        rows, _numbers, rejected = self._read(1)
        while rows and not any(map(str.strip, rows[0])):
            rows, _numbers, rejected = self._read(1)
        if rejected:
            place = f"{self.name}, row {rejected[0].row}"
            raise SourceError(f"{place}: {rejected[0].reason}; mend the header")
        if not rows:
            raise SourceError(
                f"{self.name} is empty: it has not even a header; export it again, "
                "or name its columns with header: [...]"
            )
        return tuple(name.strip() for name in rows[0])

    def _check_names(self) -> None:
        twice = [name for name, count in Counter(self.columns).items() if name and count > 1]
        if twice:
            raise SourceError(
                f"{self.name} has more than one column {twice[0]!r}; rename all but one"
            )

    def batches(self) -> Iterator[Batch]:
        """All rows after the header.

        Raises:
            SourceError: a cell is larger than 1 MB or a quote is never closed.
        """
        while some := self.text.some():
            plain = self._plain(some)
            if plain is not None:
                yield Batch(self.columns, plain, self._count(len(plain)))
                continue
            lines = list(_lines_of(some))
            # As many rows take as many lines or more, so that none of these is left over.
            self.reader = self._reader(chain(lines, self.lines))
            yield self._batch(*self._read(len(lines)))

    def _reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quotechar, strict=True)

    def _plain(self, text: str) -> ByColumn | None:
        """The rows of lines in which nothing is quoted, in a quarter of the csv module's time."""
        if self.text.damaged or self.quotechar in text:
            return None
        from .plain_cells import plain_columns  # noqa: PLC0415 (numpy is slow to load)

        columns = plain_columns(text, self.delimiter, len(self.columns), LONGEST)
        return None if columns is None else ByColumn(columns)

    def _read(self, count: int) -> tuple[list[list[str]], Sequence[int], list[Rejected]]:
        """The next ``count`` rows with their numbers, and what was no row."""
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejected: list[Rejected] = []
        while len(numbers) + len(rejected) < count:
            before = len(rows)
            try:
                rows.extend(islice(self.reader, count - len(rows) - len(rejected)))
            except csv.Error as error:
                numbers.extend(self._count(len(rows) - before))
                rejected.append(Rejected(self.next_row, self._reason(error)))
                self.next_row += 1
                continue
            numbers.extend(self._count(len(rows) - before))
            break
        return rows, numbers, rejected

    def _count(self, rows: int) -> range:
        self.next_row += rows
        return range(self.next_row - rows, self.next_row)

    def _reason(self, error: csv.Error) -> str:
        place = f"{self.name}, row {self.next_row}"
        if "field limit" in str(error):
            raise SourceError(
                f"{place}: a cell is larger than 1 MB; look for a quote that is never closed"
            ) from None
        if "end of data" in str(error):
            raise SourceError(
                f"{place}: a quote is never closed; close it or set quotechar"
            ) from None
        return "has text after a closing quote; double the quotes inside a cell"

    def _batch(
        self, rows: list[list[str]], numbers: Sequence[int], rejected: list[Rejected]
    ) -> Batch:
        width = len(self.columns)
        if self.text.damaged or set(map(len, rows)) != {width}:
            good = []
            for number, row in zip(numbers, rows, strict=True):
                reason = self._wrong(row, width)
                if reason:
                    rejected.append(Rejected(number, reason))
                elif row:
                    good.append((number, row))
            numbers, rows = [number for number, _ in good], [row for _, row in good]
        return Batch(self.columns, rows, numbers, tuple(rejected))

    def _wrong(self, row: list[str], width: int) -> str | None:
        if row and len(row) != width:
            fields = "field" if len(row) == 1 else "fields"
            return f"has {len(row)} {fields}, the header has {width}"
        if self.text.damaged and any(map(_is_damaged, row)):
            return f"is not valid {self.encoding}"
        return None


def _is_damaged(cell: str) -> bool:
    return not cell.isascii() and any("\ud800" <= character <= "\udfff" for character in cell)


def _read(config: CsvSettings, file: Path, name: str, _cursor: Any) -> Iterator[Batch]:
    return Rows(config, file, name).batches()


@contextmanager
def open_csv(config: CsvSettings, folder: Path) -> Iterator[Iterable[SourcePart]]:
    """One part a file, sorted by name."""
    yield (part(file, folder, partial(_read, config)) for file in find_files(config.path, folder))


@hookimpl
def regulars_connectors() -> Iterable[ConnectorKind]:
    """Offer ``use: csv``."""
    yield ConnectorKind("csv", "Rows of CSV files", CsvSettings, open_csv)
