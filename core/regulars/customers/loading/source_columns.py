"""Source columns: where in a source's rows each field stands."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from regulars.errors import SourceError
from regulars.hooks import ByColumn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from regulars.hooks import Batch

_SHOWN = 20  # column names in an error


@dataclass(frozen=True)
class Fields:
    """The values of some rows, by field; each list has a value for every row.

    ``cursor`` are the rows' places in a source that is read from the last place on;
    ``written`` has the fields in which every value is text, with all of that text joined: one look
    at it tells much of every value.
    """

    values: Mapping[str, Sequence[Any]]
    rows: int
    cursor: Sequence[Any] | None = None
    written: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def only(self, places: Sequence[int]) -> Fields:
        """The rows at ``places``."""
        values = {name: [c[place] for place in places] for name, c in self.values.items()}
        cursor = self.cursor and [self.cursor[place] for place in places]
        written = {name: "".join(values[name]) for name in self.written}
        return Fields(values, len(places), cursor, written)


class SourceColumns:
    """A source's ``map``, found in the columns that it delivers.

    Without a map every column is a field of its own name; columns without a name are left out.
    Objects (JSON) may lack a field: it is unknown there, but a field that a whole first load
    never had is taken for a misspelling.
    """

    def __init__(self, mapped: Mapping[str, str], required: Collection[str]) -> None:
        self._mapped = mapped
        self._required = required
        self._lacking: dict[str, str] = {}
        self._known: dict[str, None] = {}
        self._seen: set[str] = set()

    def fields(self, batch: Batch, origin: str, cursor: str | None = None) -> Fields:
        """The fields of a batch.

        Raises:
            SourceError: a mapped or necessary column isn't there.
        """
        places = {name: place for place, name in enumerate(batch.columns) if name}
        self._known |= dict.fromkeys(places)
        mapped = self._mapped or {name: name for name in sorted(places)}
        mapped = {**{name: name for name in self._required if name not in mapped}, **mapped}
        for field, column in mapped.items():
            if column in places:
                self._seen.add(field)
            elif not batch.sparse or field in self._required:
                raise self._missing(field, column, origin)
            else:
                self._lacking.setdefault(field, origin)
        if cursor is not None and cursor not in places:
            raise self._missing("cursor", cursor, origin)
        taken = {field: places.get(column) for field, column in mapped.items()}
        return _taken(batch, taken, None if cursor is None else places[cursor])

    def follow(self, read: SourceColumns) -> None:
        """Go on from what ``read`` has seen, which began as these."""
        self._lacking, self._known, self._seen = read._lacking, read._known, read._seen

    def check_whole(self) -> None:
        """After a first load: every mapped field was there at least once.

        Raises:
            SourceError: one never was.
        """
        for field, origin in self._lacking.items():
            if field not in self._seen:
                raise self._missing(field, self._mapped[field], origin)

    def _missing(self, field: str, column: str, origin: str) -> SourceError:
        names = [repr(name) for name in list(self._known)[:_SHOWN]]
        more = ", …" if len(self._known) > _SHOWN else ""
        close = get_close_matches(column, self._known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        return SourceError(
            f"{origin} has no column {column!r} for {field}{hint}; "
            f"it has {', '.join(names) or 'none'}{more}: mend map or the data"
        )


def _taken(batch: Batch, places: Mapping[str, int | None], cursor: int | None) -> Fields:
    count = len(batch.rows)
    columns = _columns(batch)
    unknown = (None,) * count
    values = {f: unknown if place is None else columns[place] for f, place in places.items()}
    joined = {field: _joined(column) for field, column in values.items()}
    written = {field: text for field, text in joined.items() if text is not None}
    return Fields(values, count, None if cursor is None else columns[cursor], written)


def _joined(column: Sequence[Any]) -> str | None:
    """All values in one text; None where one is no text."""
    try:
        return "".join(column)
    except TypeError:
        return None


def _columns(batch: Batch) -> Sequence[Sequence[Any]]:
    if isinstance(batch.rows, ByColumn):
        return batch.rows.columns
    return list(zip(*batch.rows, strict=True)) or [()] * len(batch.columns)
