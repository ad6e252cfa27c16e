"""Known ids: the store's numbers of things that have a name, made where there is none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import bindparam, func, select

from regulars.batches import batches
from regulars.customers.privacy.erased import NOBODY
from regulars.errors import TemporaryError
from regulars.store import insert_rows

from .packed_names import PackedNames

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection, Table

    from regulars.customers.privacy.erased import Erased

_CHUNK = 5_000  # names in one question
_AT_ONCE = 10_000  # rows that are read before they are packed
_MUCH = 0.25  # of a table; whoever asks for more reads it whole


class KnownIds:
    """Numbers by the text in ``column`` of ``table``; ``made`` counts the rows that were new.

    For those who were ``erased`` no row is made: their number is ``NOBODY``.
    """

    def __init__(
        self, connection: Connection, table: Table, column: str, erased: Erased | None = None
    ) -> None:
        self._connection, self._table, self._column = connection, table, table.c[column]
        self._erased = erased
        self._known = PackedNames()
        self._asked, self._has_read = 0, False
        # One statement for all questions: a new one each time would leave cycles in memory.
        among = self._column.in_(bindparam("names", expanding=True))
        self._question = select(self._column, table.c.id).where(among)
        self.made = 0

    def of(self, names: Sequence[str]) -> list[int]:
        """The number of each of ``names``; a row is made for an unknown one."""
        numbers, known = self._known.look_up(names)
        if not known.all():
            self._learn({names[place] for place in np.flatnonzero(~known).tolist()})
            numbers, known = self._known.look_up(names)
            if not known.all():  # 0 would be NOBODY
                told = f"of {self._table.name} that were just made, some are gone"
                raise TemporaryError(f"{told}: something else writes to this store; run it again")
        found: list[int] = numbers.tolist()
        return found

    def _learn(self, missing: Collection[str]) -> None:
        self._find(missing)
        new = sorted(self._known.without(missing))
        if new and self._erased is not None:
            self._known.add(dict.fromkeys(self._erased.among(new), NOBODY))
            new = self._known.without(new)
        if new:
            rows = ((name,) for name in new)
            self.made += insert_rows(
                self._connection, self._table, [self._column.name], rows, skip_existing=True
            )
            self._known.add(self._ask(new))

    def _find(self, names: Collection[str]) -> None:
        """Learn which of ``names`` the table has, or all that it has."""
        if self._has_read:
            return
        size, self._asked = self._size(), self._asked + len(names)
        if self._asked <= _MUCH * size:
            self._known.add(self._ask(names))
            return
        self._has_read = True
        self._known.expect(size + self._asked)
        everything = select(self._column, self._table.c.id)
        options = {"stream_results": True}
        with self._connection.execute(everything, execution_options=options) as rows:
            for some in rows.partitions(_AT_ONCE):
                self._known.add(dict(map(tuple, some)))

    def _size(self) -> int:
        """About how many rows the table has."""
        return self._connection.scalar(select(func.max(self._table.c.id))) or 0

    def _ask(self, names: Iterable[str]) -> dict[str, int]:
        """The numbers of those of ``names`` that the table has."""
        found: dict[str, int] = {}
        for chunk in batches(names, _CHUNK):
            found.update(map(tuple, self._connection.execute(self._question, {"names": chunk})))
        return found
