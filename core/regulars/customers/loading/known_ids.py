"""Known ids: the store's numbers of things that have a name, made where there is none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.batches import batches
from regulars.customers.privacy.erased import NOBODY
from regulars.store import insert_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection, Table

    from regulars.customers.privacy.erased import Erased

LIMIT = 250_000  # names in memory
_CHUNK = 5_000  # names in one question


class KnownIds:
    """Numbers by the text in ``column`` of ``table``; ``made`` counts the rows that were new.

    For those who were ``erased`` no row is made: their number is ``NOBODY``.
    """

    def __init__(
        self, connection: Connection, table: Table, column: str, erased: Erased | None = None
    ) -> None:
        self._connection, self._table, self._column = connection, table, column
        self._erased = erased
        self._known: dict[str, int] = {}
        self._asked = False
        self.made = 0

    def of(self, names: Sequence[str]) -> list[int]:
        """The number of each of ``names``; a row is made for an unknown one."""
        try:
            return list(map(self._known.__getitem__, names))
        except KeyError:
            self._learn_of(names)
            return list(map(self._known.__getitem__, names))

    def _learn_of(self, names: Sequence[str]) -> None:
        if not self._asked:
            self._read_all()
        missing = set(names).difference(self._known)
        if len(self._known) + len(missing) > LIMIT:
            self._known.clear()
            missing = set(names)
        self._learn(missing)

    def _read_all(self) -> None:
        """Everything at once, where it fits: asking for each batch takes far longer."""
        self._asked = True
        size = select(func.count()).select_from(self._table)
        if (self._connection.scalar(size) or 0) <= LIMIT:
            all_of_them = select(self._table.c[self._column], self._table.c.id)
            self._known.update(map(tuple, self._connection.execute(all_of_them)))

    def _learn(self, missing: Collection[str]) -> None:
        self._find(missing)
        new = sorted(name for name in missing if name not in self._known)
        if new and self._erased is not None:
            self._known |= dict.fromkeys(self._erased.among(new), NOBODY)
            new = [name for name in new if name not in self._known]
        if new:
            rows = ((name,) for name in new)
            self.made += insert_rows(
                self._connection, self._table, [self._column], rows, skip_existing=True
            )
            self._find(new)

    def _find(self, names: Iterable[str]) -> None:
        column = self._table.c[self._column]
        for chunk in batches(names, _CHUNK):
            found = select(column, self._table.c.id).where(column.in_(chunk))
            self._known.update(map(tuple, self._connection.execute(found)))
