"""Reading: a part of a source becomes rows that can be loaded. Nothing here needs the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .sifting import sift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from regulars.hooks import Batch, Rejected, SourcePart

    from .source_columns import Fields, SourceColumns


class Reader(Protocol):
    """Makes rows of one part's fields."""

    @property
    def required(self) -> Sequence[str]:
        """The fields that every row must have."""

    @property
    def whose(self) -> str:
        """The field with the id of the customer."""

    def read(self, fields: Fields, /) -> Any:
        """The rows in ``fields``; a ValueError says what is wrong with one of them."""

    def settled(self, rows: Any, /) -> Any:
        """``rows`` as they are loaded. Called once a batch, in the order of the part."""


@dataclass(frozen=True)
class BatchRead:
    """What one batch brought.

    ``rows`` are what the reader made of the good ones, None where there was nothing to read;
    ``count`` is how many were looked at, ``cursor`` the places of those that were rows.
    """

    rows: Any
    count: int
    rejected: Sequence[Rejected]
    cursor: Sequence[Any] = ()


@dataclass(frozen=True)
class Reading:
    """One part to be read from ``cursor`` on, with a reader of its own.

    What is seen of the source's ``columns`` is remembered in them.
    """

    part: SourcePart
    cursor: Any
    columns: SourceColumns
    make_reader: Callable[[], Reader]

    def batches(self) -> Iterator[BatchRead]:
        """Every batch of the part.

        Raises:
            SourceError: the part or one of its columns can't be read.
            PluginError: the connector failed.
        """
        reader = self.make_reader()
        for batch in self.part.read(self.cursor):
            yield self._batch(batch, reader)

    def _batch(self, batch: Batch, reader: Reader) -> BatchRead:
        count = len(batch.rows) + len(batch.rejected)
        if not batch.rows:
            return BatchRead(None, count, batch.rejected)
        fields = self.columns.fields(batch, self.part.origin, self.part.cursor_column)
        rows, bad = sift(reader.read, fields, batch.numbers, reader.whose)
        rejected = [*batch.rejected, *bad]
        return BatchRead(reader.settled(rows), count, rejected, fields.cursor or ())
