"""In hand: what one delivery has claimed and not yet settled, and its side of the ledger."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.customers.suppressions import suppress
from regulars.errors import RegularsError
from regulars.instants import micros
from regulars.policy import LastLook
from regulars.store import tables

from .composing import Material, gather
from .showing import Showing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from regulars.segments.scope import Scope
    from regulars.store import Store

    from .ledger import Claim, Ledger
    from .workers import Answer

logger = logging.getLogger(__name__)

_LOST = "what was sent last can't be written down; the next run counts it as unknown"


@dataclass
class InHand:
    """Claims and their answers, between one transaction and the next.

    ``answers`` are not yet written down; ``material`` is what the claims, and some that come behind
    them, are made of. It is read apart: on SQLite nobody else can write while we do.
    """

    store: Store
    scope: Scope
    ledger: Ledger
    answers: list[Answer] = field(default_factory=list)
    material: Material = field(default_factory=Material)
    _last_look: LastLook | None = None
    _showing: Showing | None = None

    def waiting(self, begins: float = 0.0) -> tuple[int, int]:
        """How many messages are planned, and the number at the share ``begins`` of them."""
        planned = tables.deliveries.c.state == "planned"
        id_ = tables.deliveries.c.id
        with self.store.reading() as connection:
            count, least, most = connection.execute(
                select(func.count(), func.min(id_), func.max(id_)).where(planned)
            ).one()
        return count, int(least + (most - least) * begins) if count and begins else 0

    def settle(self, connection: Connection) -> list[Claim]:
        """Write the answers down; returns the claims whose answer came too late to count."""
        pairs = [(answer.claim, answer.outcome) for answer in self.answers]
        late = self.ledger.settle(connection, pairs)
        self._record(connection, [c for c, o in pairs if o.state == "sent" and c not in late])
        dead = [c.address for c, o in pairs if o.reason == "address" and c.address]
        if dead:
            suppress(connection, dict.fromkeys(dead, "bounce"), micros(self.scope.now))
        said = "message %s of customer %s: the answer came when the claim had been taken away"
        for claim in [c for c, o in pairs if o.attempted and c in late]:
            logger.warning(said, claim.message, claim.customer)
        return late

    def _record(self, connection: Connection, sent: Sequence[Claim]) -> None:
        """Keep what was shown of lists that are others tomorrow."""
        if sent and self._showing is None:
            self._showing = Showing.of(self.scope)
        if self._showing is not None:
            self._showing.record(connection, sent)

    def forget(self) -> list[Answer]:
        """The answers, which are in hand no more: their transaction is committed."""
        written, self.answers = self.answers, []
        return written

    def claim(
        self, connection: Connection, room: int, after: int, away: Collection[str]
    ) -> tuple[list[Claim], dict[int, str]]:
        """Claim up to ``room`` more; with why some of them must not go, by their number."""
        claims = self.ledger.claim(connection, room, after, away) if room else []
        return claims, self._look_again(connection, claims)

    def _look_again(self, connection: Connection, claims: Sequence[Claim]) -> dict[int, str]:
        """Consent as it is now."""
        if not claims:
            return {}
        if self._last_look is None:
            self._last_look = LastLook(connection, self.scope)
        return self._last_look.refusals(connection, [claim.id for claim in claims])

    def provide(self, claims: Sequence[Claim]) -> None:
        """Read what ``claims`` are made of, and some batches ahead, unless it is here."""
        if not self.material.covers(claims):
            with self.store.reading() as connection:
                self.material = gather(connection, self.scope, claims)

    def let_go(self, handed: Collection[int]) -> None:
        """Settle what is answered and plan the rest again, but for what was ``handed`` on."""
        try:
            with self.store.transaction() as connection:
                self.settle(connection)
                self.ledger.release(connection, handed)
        except RegularsError as error:  # most likely the very error that the run broke off with
            logger.debug("the end of the run can't be written down", exc_info=error)
            if handed:
                logger.warning(_LOST)
        except Exception:
            logger.exception(_LOST)
