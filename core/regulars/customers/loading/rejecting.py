"""Rejecting: rows that can't be loaded are kept with their file, number and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from regulars.errors import SourceError
from regulars.store import insert_rows, tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from regulars.hooks import Rejected
    from regulars.playbook.sources import Source

_LONGEST = 500  # characters of a reason


class Rejecting:
    """The bad rows of one source's load. A row that was already rejected so is not new."""

    def __init__(self, connection: Connection, source: int, rules: Source, at: int) -> None:
        self._connection, self._source, self._rules, self._at = connection, source, rules, at
        self._before: set[tuple[int, int]] = set()
        self._origin = ""
        self.rows = 0
        self.bad = 0
        self.new = 0

    def next_part(self, origin: str, *, afresh: bool) -> None:
        """The rows of ``origin`` follow; ``afresh`` says that all of them do."""
        rejects = tables.rejects
        mine = (rejects.c.source == self._source, rejects.c.origin == origin)
        known = self._connection.execute(select(rejects.c.row, rejects.c.reason).where(*mine))
        self._before = {(row.row, hash(row.reason)) for row in known}
        self._origin = origin
        if afresh:
            self._connection.execute(delete(rejects).where(*mine))

    def add(self, rows: int, bad: Sequence[Rejected]) -> None:
        """Count ``rows`` that were looked at and keep the ``bad`` ones.

        Raises:
            SourceError: the playbook says that one bad row stops the load.
        """
        self.rows += rows
        self.bad += len(bad)
        if not bad:
            return
        if self._rules.on_bad_row == "stop":
            first = min(bad, key=lambda reject: reject.row)
            raise SourceError(
                f"{self._origin}, row {first.row}: {_readable(first.reason)}; "
                "mend the row, or set on_bad_row: reject to load the others"
            )
        self._keep([(one.row, _readable(one.reason), one.customer) for one in bad])

    def _keep(self, bad: Sequence[tuple[int, str, str | None]]) -> None:
        self.new += sum((row, hash(reason)) not in self._before for row, reason, _ in bad)
        insert_rows(
            self._connection,
            tables.rejects,
            ["source", "origin", "at", "row", "reason", "whose"],
            [(self._source, self._origin, self._at, *one) for one in bad],
            skip_existing=True,
        )

    def check_share(self) -> None:
        """After the whole load: not too many rows were bad.

        Raises:
            SourceError: more than the playbook's ``max_bad``.
        """
        most = self._rules.max_bad
        if most is not None and self.bad > most.share * self.rows:
            raise SourceError(
                f"{self.bad:,} of {self.rows:,} rows are bad, more than max_bad: {most}; "
                "nothing of this source was loaded. Mend the data, or raise max_bad"
            )


def _readable(reason: str) -> str:
    """A reason that every database keeps."""
    text = reason.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
