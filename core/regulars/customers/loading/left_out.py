"""Left out: rows that are not loaded, of erased people and from too long ago."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import compress
from typing import TYPE_CHECKING

from regulars.customers.privacy.erased import NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from regulars.customers.privacy.erased import Erased
    from regulars.hooks import Rejected

    from .customer_rows import CustomerRows
    from .event_rows import EventRows


@dataclass
class LeftOut:
    """Rows of people who were ``erased``, and events at or before ``until`` (microseconds).

    ``of_erased`` and ``too_old`` count them.
    """

    erased: Erased | None = None
    until: int | None = None
    of_erased: int = field(default=0, init=False)
    too_old: int = field(default=0, init=False)

    def recent(self, rows: EventRows) -> EventRows:
        """``rows`` without those from too long ago."""
        until = self.until
        if until is None or not rows.times or min(rows.times) > until:
            return rows
        kept = [time > until for time in rows.times]
        self.too_old += len(kept) - sum(kept)
        return replace(
            rows,
            customers=list(compress(rows.customers, kept)),
            times=list(compress(rows.times, kept)),
            names=list(compress(rows.names, kept)),
            keys=list(compress(rows.keys, kept)),
            properties=list(compress(rows.properties, kept)),
            used=[list(compress(column, kept)) for column in rows.used],
        )

    def of_others(
        self, columns: Sequence[Sequence[Any]], customers: Sequence[int]
    ) -> Sequence[Sequence[Any]]:
        """``columns`` without the rows whose place in ``customers`` has nobody."""
        if self.erased is None or NOBODY not in customers:
            return columns
        kept = [number != NOBODY for number in customers]
        self.of_erased += len(kept) - sum(kept)
        return [list(compress(column, kept)) for column in columns]

    def bad_of_others(self, bad: Sequence[Rejected]) -> Sequence[Rejected]:
        """``bad`` without the rows of erased people: their reasons quote what is in them."""
        if self.erased is None:
            return bad
        gone = self.erased.among(one.customer for one in bad if one.customer is not None)
        kept = [one for one in bad if one.customer not in gone]
        self.of_erased += len(bad) - len(kept)
        return kept

    def profiles(self, rows: CustomerRows) -> CustomerRows:
        """``rows`` without those of people who were erased."""
        if self.erased is None or not (gone := self.erased.among(rows.keys)):
            return rows
        kept = [key not in gone for key in rows.keys]
        self.of_erased += len(kept) - sum(kept)
        return replace(
            rows,
            keys=list(compress(rows.keys, kept)),
            columns={n: list(compress(column, kept)) for n, column in rows.columns.items()},
            extra=rows.extra and list(compress(rows.extra, kept)),
            consents={n: list(compress(column, kept)) for n, column in rows.consents.items()},
            identities={n: list(compress(column, kept)) for n, column in rows.identities.items()},
        )
