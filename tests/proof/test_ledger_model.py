"""The ledger does what a few lines of plain Python do, whatever happens in whatever order.

Several owners claim, answer, answer late, answer twice, lose their leases and die. After each step
the rows are those of the model, and nobody was ever given a message that somebody else may have
sent, unless a second attempt was allowed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from regulars.delivery.ledger import TRIED_FOR, Claim, Ledger
from regulars.delivery.outcomes import ACCEPTED, RELEASED, Outcome, skipped
from regulars.delivery.owners import me
from regulars.store import Store, insert_rows, tables
from sqlalchemy import select, update

from tests.proof.torture import some

NOW = 1_785_574_800_000_000
OLD = NOW - TRIED_FOR.total_seconds() * 1_000_000  # planned then, it is not tried again
FAILED = Outcome("failed", "temporary", "busy")
OUTCOMES = {
    "accepted": ACCEPTED,
    "released": RELEASED,
    "again": replace(FAILED, state="planned", reason=None),
    "failed": FAILED,
    "refused": Outcome("failed", "permanent"),
    "unknown": Outcome("unknown", "no_answer"),
    "skipped": skipped("consent"),
}
words = st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=5, max_size=5)
MAY_HAVE_GONE = {"accepted", "unknown"}  # an answer after which nobody else may send
PLACES = ["here", "here", "gone", "elsewhere"]
COLUMNS = ("id", "state", "reason", "owner", "fence", "attempts")


@dataclass
class Row:
    """One message as the model has it."""

    id: int
    planned_at: float
    state: str = "planned"
    reason: str | None = None
    owner: str | None = None
    fence: int = 0
    attempts: int = 0
    expired: bool = False
    in_doubt: bool = False  # somebody may have sent it

    def free(self, state: str = "planned", reason: str | None = None) -> None:
        """Nobody holds it any more."""
        self.state, self.reason, self.owner = state, reason, None

    def seen(self) -> tuple[Any, ...]:
        """The columns that are compared."""
        return tuple(getattr(self, name) for name in COLUMNS)


class LedgerMachine(RuleBasedStateMachine):
    """Owners at work on one ledger; ``store`` is set by the test."""

    store: Store
    owners = Bundle("owners")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, Row] = {}
        self.gone: set[str] = set()
        with self.store.transaction() as connection:
            connection.execute(tables.deliveries.delete())

    @initialize(target=owners)
    def several(self) -> Any:
        self.plan(4, NOW)
        return multiple(*map(self.ledger, PLACES))

    def ledger(self, where: str) -> Ledger:
        """A run begins: in this process, in one that ended, or on another machine."""
        here, pid, started, token = me().rsplit(":", 3)
        names = {
            "here": f"{here}:{pid}:{started}:{token}",
            "gone": f"{here}:{pid}:1:{token}",
            "elsewhere": f"elsewhere/00000000:{pid}:{started}:{token}",
        }
        if where == "gone":
            self.gone.add(names[where])
        return Ledger(names[where], 1, NOW)

    @rule(count=st.integers(1, 4), planned_at=st.sampled_from([NOW, OLD]))
    def plan_more(self, count: int, planned_at: float) -> None:
        self.plan(count, planned_at)

    def plan(self, count: int, planned_at: float) -> None:
        first = max(self.rows, default=0) + 1
        new = [Row(number, planned_at) for number in range(first, first + count)]
        self.rows |= {row.id: row for row in new}
        columns = ("id", "journey", "entry", "step", "customer", "message", "channel", "state")
        when = ("planned_at", "planned_by", "occurred_at")
        rows = (
            (r.id, "j", r.id, "hello", r.id, "hello", "mail", "planned", int(r.planned_at), 1, NOW)
            for r in new
        )
        with self.store.transaction() as connection:
            insert_rows(connection, tables.deliveries, (*columns, *when), rows)

    @rule(target=claims, owner=owners, most=st.integers(1, 5), after=st.integers(0, 6))
    def claim(self, owner: Ledger, most: int, after: int) -> Any:
        with self.store.transaction() as connection:
            found = owner.claim(connection, most, after)
        planned = [n for n, row in self.rows.items() if row.state == "planned" and n > after]
        assert [claim.id for claim in found] == planned[:most]
        for claim in found:
            row = self.rows[claim.id]
            assert not row.in_doubt, "two may send it"
            row.state, row.owner, row.expired = "claimed", owner.owner, False
            row.fence, row.attempts = row.fence + 1, row.attempts + 1
            row.in_doubt = True
            assert claim.fence == row.fence
        return multiple((owner, found)) if found else multiple()

    @rule(held=claims, words=words)
    def answer(self, held: tuple[Ledger, list[Claim]], words: list[str]) -> None:
        """Answers, perhaps late, perhaps for the second time."""
        self.settle(*held, words)

    @rule(stranger=owners, held=claims, words=words)
    def answer_for_others(
        self, stranger: Ledger, held: tuple[Ledger, list[Claim]], words: list[str]
    ) -> None:
        self.settle(stranger, held[1], words)

    def settle(self, owner: Ledger, claims: list[Claim], words: list[str]) -> None:
        answers = list(zip(claims, words, strict=False))
        late = [claim for claim, word in answers if not self.answered(owner, claim, word)]
        with self.store.transaction() as connection:
            refused = owner.settle(connection, [(claim, OUTCOMES[word]) for claim, word in answers])
        assert refused == late

    def answered(self, owner: Ledger, claim: Claim, word: str) -> bool:
        """Whether the answer stands: now, or it stood already."""
        row, outcome = self.rows[claim.id], OUTCOMES[word]
        if (row.state, row.owner, row.fence) != ("claimed", owner.owner, claim.fence):
            return (row.state, row.fence) == (outcome.state, claim.fence)
        row.free(outcome.state, outcome.reason)
        row.attempts -= not outcome.attempted
        row.in_doubt = word in MAY_HAVE_GONE
        return True

    @rule(owner=owners, handed=st.sets(st.integers(1, 8)))
    def break_off(self, owner: Ledger, handed: set[int]) -> None:
        with self.store.transaction() as connection:
            owner.release(connection, handed)
        for row in self.held_by(owner):
            if row.id not in handed:
                row.free()
                row.attempts -= 1
                row.in_doubt = False

    @rule(owner=owners)
    def lease_ends(self, owner: Ledger) -> None:
        with self.store.transaction() as connection:
            mine = tables.deliveries.c.owner == owner.owner
            connection.execute(update(tables.deliveries).where(mine).values(lease_until=1))
        for row in self.held_by(owner):
            row.expired = True

    @rule(held=claims)
    def renew(self, held: tuple[Ledger, list[Claim]]) -> None:
        owner, claims = held
        with self.store.transaction() as connection:
            lost = owner.renew(connection, claims)
        mine = [(row.id, row.fence) for row in self.held_by(owner)]
        assert lost == [claim for claim in claims if (claim.id, claim.fence) not in mine]
        for row in self.held_by(owner):
            row.expired = False

    @rule(owner=owners, again=st.booleans())
    def recover(self, owner: Ledger, again: bool) -> None:  # noqa: FBT001 (drawn)
        with self.store.transaction() as connection:
            count = owner.recover(connection, lambda *_: again)
        dead = [row for row in self.rows.values() if self.is_dead(row)]
        assert count == len(dead)
        for row in dead:
            row.free(*(("planned", None) if again else ("unknown", "interrupted")))
            row.fence += 1
            row.in_doubt = not again

    @rule(owner=owners)
    def take_up(self, owner: Ledger) -> None:
        with self.store.transaction() as connection:
            owner.take_up(connection)
        for row in self.rows.values():
            if (row.state, row.reason) == ("failed", "temporary") and row.planned_at > OLD:
                row.free()

    @invariant()
    def the_rows_are_those_of_the_model(self) -> None:
        columns = [tables.deliveries.c[name] for name in COLUMNS]
        with self.store.reading() as connection:
            found = connection.execute(select(*columns).order_by(tables.deliveries.c.id)).all()
        assert [tuple(row) for row in found] == [row.seen() for row in self.rows.values()]

    def held_by(self, owner: Ledger) -> list[Row]:
        return [
            row for row in self.rows.values() if (row.state, row.owner) == ("claimed", owner.owner)
        ]

    def is_dead(self, row: Row) -> bool:
        return row.state == "claimed" and (row.expired or row.owner in self.gone)


def drive(url: str, examples: int) -> None:
    store = Store.open(url)
    machine = type("Machine", (LedgerMachine,), {"store": store})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    store.close()


def test_the_ledger_is_the_model(sqlite_url: str) -> None:
    drive(sqlite_url, some(25, 600))


def test_the_ledger_is_the_model_on_a_server(database_url: str) -> None:
    drive(database_url, some(8, 300))
