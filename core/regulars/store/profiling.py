"""A profile: which statements a run spent its time on, and how the database would do them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from .dialects import dialect_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from .store import Store

PLANNED = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}


@dataclass
class Statement:
    """One statement of one stage: how long all its executions took, in seconds.

    ``plan`` is how the database does it, where that was asked for.
    """

    stage: str
    text: str
    plan: list[str] | None = None
    seconds: float = 0.0
    times: int = 0

    def spent(self, seconds: float) -> None:
        """Count one more execution."""
        self.seconds += seconds
        self.times += 1


class Profile:
    """The statements of a run, by the ``stage`` that it was in. Bulk loading is not among them.

    If it ``explains``, each is asked for its plan when it is done first, where its tables are.
    """

    def __init__(self, *, explains: bool = False) -> None:
        self.stage = ""
        self._explains = explains
        self._statements: dict[tuple[str, str], Statement] = {}

    @contextmanager
    def watching(self, store: Store) -> Iterator[None]:
        """Time every statement of ``store`` inside."""
        began: list[float] = []

        def before(*_: object) -> None:
            began.append(perf_counter())

        def after(
            connection: Connection,
            _cursor: object,
            text: str,
            parameters: Any,
            context: Any,
            _many: object,
        ) -> None:
            seconds, key = perf_counter() - began.pop(), (self.stage, text)
            if key not in self._statements:
                alone = context.execution_options.get("stream_results", False)  # none beside it
                explains = self._explains and not alone
                plan = _plan(connection, text, parameters) if explains else None
                self._statements[key] = Statement(*key, plan=plan)
            self._statements[key].spent(seconds)

        event.listen(store.engine, "before_cursor_execute", before)
        event.listen(store.engine, "after_cursor_execute", after)
        try:
            yield
        finally:
            event.remove(store.engine, "before_cursor_execute", before)
            event.remove(store.engine, "after_cursor_execute", after)

    def slowest(self, most: int) -> list[Statement]:
        """The statements that took longest, at ``most`` so many."""
        return sorted(self._statements.values(), key=lambda each: -each.seconds)[:most]

    def in_statements(self, stage: str) -> float:
        """The seconds that the database took in ``stage``."""
        mine = (each.seconds for each in self._statements.values() if each.stage == stage)
        return sum(mine, 0.0)


def _plan(connection: Connection, text: str, parameters: Any) -> list[str] | None:
    """How the database does a statement, a line a step; None for what has no plan."""
    if text.lstrip().split(maxsplit=1)[0].upper() not in PLANNED:
        return None
    one = parameters[0] if isinstance(parameters, list) and parameters else parameters
    cursor = connection.connection.cursor()  # the driver's own: this isn't one of the run's
    try:
        cursor.execute(f"{dialect_of(connection.dialect.name).EXPLAIN} {text}", one or ())
        rows = cursor.fetchall()
    finally:
        cursor.close()
    return [" ".join(cell for cell in row if isinstance(cell, str)) for row in rows]
