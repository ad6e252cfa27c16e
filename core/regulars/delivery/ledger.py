"""The ledger: who may attempt which message, and what came of it.

The promise: at most one attempt for a key, unless that attempt is known to have failed. A claim
is committed before the channel is called, with its owner, a lease and a fence that grows with
each claim; the answer is committed after, and only by the owner with that very fence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from regulars.batches import batches
from regulars.instants import micros
from regulars.store import tables, update_rows

from .go_ahead import go_ahead
from .outcomes import storable
from .owners import is_gone
from .statements import CLAIM, CLAIMED, HELD, PLANNED, RENEW, SETTLE, STANDING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy import ColumnElement, Connection

    from .outcomes import Outcome

LEASE = timedelta(seconds=60)
TRIED_FOR = timedelta(hours=48)  # how long after its plan a message that fails for now is tried
_AT_ONCE = 500  # rows in one statement

_ledger = tables.deliveries


@dataclass(frozen=True)
class Claim:
    """One message that its owner alone may attempt."""

    id: int
    fence: int
    journey: str
    step: str
    customer: int
    message: str
    channel: str | None
    address: str | None
    occurred_at: int
    entry: str | None
    event: int | None


@dataclass(frozen=True)
class Ledger:
    """The ledger in the hands of one owner in one run; ``now`` is the run's, in microseconds.

    A guest claims only while the run's ``word`` holds (``go_ahead.py``).
    """

    owner: str
    run: int
    now: int
    word: str | None = None

    def claim(
        self, connection: Connection, limit: int, after: int = 0, away: Collection[str] = ()
    ) -> list[Claim]:
        """Claim up to ``limit`` planned messages with numbers above ``after``, in their order.

        Those on a channel that is ``away`` are left.
        """
        planned = PLANNED.where(_ledger.c.channel.not_in(away)) if away else PLANNED
        ids = connection.scalars(planned, {"after": after, "most": limit}).all()
        if not ids or not self._may_claim(connection):
            return []
        connection.execute(CLAIM, {"ids": ids, "me": self.owner, "until": lease_end()})
        return [Claim(*row) for row in connection.execute(CLAIMED, {"ids": ids}).all()]

    def renew(self, connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
        """Prolong the lease of everything claimed; returns those of ``claims`` that are lost.

        They were taken away because their lease had ended, while this machine slept for instance.
        """
        if not claims:
            return []
        connection.execute(RENEW, {"me": self.owner, "until": lease_end()})
        ids = [claim.id for claim in claims]
        held = {tuple(row) for row in connection.execute(HELD, {"me": self.owner, "ids": ids})}
        return [claim for claim in claims if (claim.id, claim.fence) not in held]

    def settle(
        self, connection: Connection, answers: Sequence[tuple[Claim, Outcome]]
    ) -> list[Claim]:
        """Write down what came of claims; returns those that are not this owner's any more.

        Of such a late answer nothing is kept: somebody took the claim away when its lease ended.
        """
        if not answers:
            return []
        rows = [self._row(claim, outcome) for claim, outcome in answers]
        if update_rows(connection, SETTLE, rows) == len(rows):
            return []
        ids = [claim.id for claim, _ in answers]
        found = {tuple(row) for row in connection.execute(STANDING, {"ids": ids})}
        return [c for c, outcome in answers if (c.id, c.fence, outcome.state) not in found]

    def release(self, connection: Connection, handed: Collection[int]) -> None:
        """Plan again what this owner claimed, but for ``handed``, which a channel may have."""
        free = self._mine() & _ledger.c.id.not_in(handed)
        unclaimed = {"state": "planned", "owner": None, "lease_until": None}
        connection.execute(
            update(_ledger).where(free).values(**unclaimed, attempts=_ledger.c.attempts - 1)
        )

    def recover(self, connection: Connection, may_repeat: Callable[[str, str | None], bool]) -> int:
        """Take back what dead owners left claimed; returns how many.

        It becomes unknown, or planned again where ``may_repeat(message, channel)``. An owner is
        dead when its process on this machine has ended, elsewhere when its lease has. The rows of
        the living are not even locked: they settle them meanwhile.
        """
        left = connection.execute(select(_ledger).where(_ledger.c.state == "claimed")).all()
        late = micros(datetime.now(UTC))
        gone = {owner for owner in {row.owner for row in left} if is_gone(owner)}
        dead = [row for row in left if row.owner in gone or row.lease_until < late]
        still = (_ledger.c.state == "claimed") & (
            _ledger.c.owner.in_(gone) | (_ledger.c.lease_until < late)
        )
        free = [row.id for row in dead if may_repeat(row.message, row.channel)]
        lost = [row.id for row in dead if not may_repeat(row.message, row.channel)]
        again: dict[str, Any] = {"state": "planned", "owner": None, "lease_until": None}
        unknown = again | {"state": "unknown", "reason": "interrupted", "detail": _INTERRUPTED}
        unknown |= {"decided_by": self.run, "settled_at": self.now}
        taken = 0
        for ids, values in ((free, again), (lost, unknown)):
            for batch in batches(ids, _AT_ONCE):
                some = _ledger.c.id.in_(batch) & still  # others may recover the same ones
                # the fence grows, so that a late answer is refused
                taken += connection.execute(
                    update(_ledger).where(some).values(**values, fence=_ledger.c.fence + 1)
                ).rowcount
        return taken

    def take_up(self, connection: Connection) -> None:
        """Plan again what failed for now in earlier runs, unless it was planned too long ago."""
        oldest = self.now - TRIED_FOR // timedelta(microseconds=1)
        connection.execute(
            update(_ledger)
            .where(_ledger.c.state == "failed", _ledger.c.reason == "temporary")
            .where(_ledger.c.planned_at > oldest)
            .values(state="planned", reason=None, detail=None, decided_by=None, settled_at=None)
        )

    def _may_claim(self, connection: Connection) -> bool:
        return self.word is None or go_ahead(connection) == self.word

    def _mine(self) -> ColumnElement[bool]:
        return (_ledger.c.state == "claimed") & (_ledger.c.owner == self.owner)

    def _row(self, claim: Claim, outcome: Outcome) -> dict[str, object]:
        decided = outcome.state != "planned"
        return {
            "me": self.owner,
            "claim": claim.id,
            "held": claim.fence,
            "state": outcome.state,
            "reason": outcome.reason,
            "detail": storable(outcome.detail),
            "provider_id": storable(outcome.provider_id),
            "decided_by": self.run if decided else None,
            "settled_at": self.now if decided else None,
            "untried": 0 if outcome.attempted else 1,
        }


_INTERRUPTED = "the process that sent it ended before the answer came; ask the provider"


def lease_end() -> int:
    """When a lease that begins now ends, in microseconds by the wall clock."""
    return micros(datetime.now(UTC) + LEASE)
