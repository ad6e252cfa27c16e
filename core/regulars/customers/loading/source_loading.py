"""Source loading: all parts of one source, inside one transaction."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from .apart import batches_of
from .parts_loaded import PartLoaded, Place, short_origin
from .reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regulars.hooks import SourcePart
    from regulars.progress import Progress

    from .left_out import LeftOut
    from .parts_loaded import PartsLoaded
    from .reading import BatchRead, Reader
    from .rejecting import Rejecting
    from .source_columns import SourceColumns


class Loading(Protocol):
    """Rows of one source on their way into the store."""

    @property
    def left_out(self) -> LeftOut:
        """Which good rows are not loaded, and how many so far."""

    @property
    def last_counts(self) -> bool:
        """Whether the last row on a customer counts: after a changed part the others come again."""

    def add(self, rows: Any, /) -> None:
        """Load what a reader made of a batch."""

    def finish(self) -> int:
        """Write what waits; how many customers are new or changed."""


class SourceLoading:
    """Reads parts that are new or have changed; ``signature`` stands for how they are read."""

    def __init__(  # noqa: PLR0913 (the parts of one load)
        self,
        *,
        make_reader: Callable[[], Reader],
        loading: Loading,
        columns: SourceColumns,
        rejecting: Rejecting,
        loaded: PartsLoaded,
        signature: str,
        progress: Progress,
        at: int,
    ) -> None:
        self._make_reader = make_reader
        self._loading, self._columns, self._rejecting = loading, columns, rejecting
        self._loaded, self._signature, self._progress, self._at = loaded, signature, progress, at
        self._overridden = False  # a part was read that may contradict those after it

    def load(self, parts: Iterable[SourcePart]) -> int:
        """Load what is new; how many customers are new or changed.

        Raises:
            SourceError: the whole load must be undone.
        """
        first = not self._loaded
        for part in parts:
            self._part(part)
        if first:
            self._columns.check_whole()
        self._rejecting.check_share()
        return self._loading.finish()

    def _part(self, part: SourcePart) -> None:
        origin = short_origin(part.origin)
        before = self._loaded.get(origin)
        fingerprint = self._fingerprint(part, before)
        same = before is not None and before.fingerprint == fingerprint
        if before is not None and same and part.fingerprint is not None and not self._overridden:
            if before.stamp != part.stamp:
                self._loaded.restamp(origin, part.stamp)
            return
        self._overridden = self._loading.last_counts
        start = before if before and same and part.cursor_column else PartLoaded(fingerprint)
        self._rejecting.next_part(origin, afresh=start.place.value is None)
        self._loaded.put(origin, self._read(part, start), self._at)

    def _fingerprint(self, part: SourcePart, before: PartLoaded | None) -> str:
        """What stands for the part and how it is read; the one from before if it surely is that."""
        if before is not None and part.stamp is not None and before.stamp == part.stamp:
            made = before.fingerprint.partition("-")[2]
        else:
            made = part.fingerprint() if callable(part.fingerprint) else part.fingerprint or ""
        return f"{self._signature}-{made}"

    def _read(self, part: SourcePart, start: PartLoaded) -> PartLoaded:
        """Read a part from ``start`` on; what of it is loaded then."""
        seen = start.rows - start.place.rows  # rows that don't come again
        bad_before, rows = self._rejecting.bad, 0
        left_out = self._loading.left_out
        erased_before, old_before = left_out.of_erased, left_out.too_old
        place = replace(start.place, rows=0)
        reading = Reading(part, start.place.value, self._columns, self._make_reader)
        with closing(batches_of(reading)) as batches:
            for batch in batches:
                self._batch(batch, seen)
                rows += batch.count
                place = place.after(batch.cursor)
        return PartLoaded(
            start.fingerprint,
            place if part.cursor_column else Place(),
            seen + rows,
            start.rejected + self._rejecting.bad - bad_before,
            start.erased + left_out.of_erased - erased_before,
            start.too_old + left_out.too_old - old_before,
            part.stamp,
        )

    def _batch(self, batch: BatchRead, seen: int) -> None:
        """Load a batch."""
        if batch.rows is not None:
            self._loading.add(batch.rows)
        bad = self._loading.left_out.bad_of_others(batch.rejected)
        self._rejecting.add(batch.count, [replace(one, row=one.row + seen) for one in bad])
        self._progress.advance(batch.count)
