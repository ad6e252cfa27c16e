"""A playbook that mails every customer once, run by real processes that may be killed."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.store import Store, tables
from sqlalchemy import select

from tests.proof.processes import KILLED, Command, start

if TYPE_CHECKING:
    from tests.servers.mailbox import Mailbox

AT = "2026-08-01T09:00Z"
IN_FLIGHT = 50  # messages that a run claims at a time
BUSY, DONE = 3, (0, 1)
HERE = Path(__file__).parent
_NUMBERS = count(1)

PLAYBOOK = """\
playbook: campaign
store: {store}
plugins: [./killer.py]
sources:
  people: {{use: csv, path: people.csv, provides: customers, map: {{id: id, email: email}}}}
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {{customer: customer, time: time, id: id}}
channels:
  mail: {{use: smtp, host: 127.0.0.1, port: {port}, from: hello@corner.example, helo: x}}
messages:
  hello:
    delivery: {delivery}
    mail: {{subject: "Hello {{{{ customer.id }}}}", body: "Come by.", text: "Come by."}}
journeys:
  thanks:
    when: {{event: order}}
    steps: [{{send: hello}}]
"""


@dataclass(frozen=True)
class Campaign:
    """One client: its folder, its store and the mail server that it writes to."""

    folder: Path
    store: str
    mailbox: Mailbox

    @property
    def playbook(self) -> Path:
        return self.folder / "playbook.yaml"

    def write(self, *addresses: str, delivery: str = "at_most_once") -> Campaign:
        """One customer with one order for each address."""
        shutil.copy(HERE / "killer.py", self.folder)
        words = {"store": self.store, "port": self.mailbox.port, "delivery": delivery}
        self.playbook.write_text(PLAYBOOK.format(**words))
        people = [f"c{n},{address}" for n, address in enumerate(addresses)]
        orders = [f"c{n},2026-08-01T08:00Z,o{n}" for n in range(len(addresses))]
        (self.folder / "people.csv").write_text("\n".join(["id,email", *people]) + "\n")
        (self.folder / "orders.csv").write_text("\n".join(["customer,time,id", *orders]) + "\n")
        return self

    def start(self, *options: str, die_at: str = "", whole: bool = False) -> Command:
        """``regulars run``, in a process of its own."""
        said = self.folder / f"run-{next(_NUMBERS)}"
        words = ["run", str(self.playbook), "--at", AT, "--json", *options]
        return start(words, said, die_at, whole=whole)

    def run(self, die_at: str = "", *, whole: bool = False) -> int:
        """``regulars run`` to its end; its exit status, negative when it was killed.

        A database server may notice a moment later than the system that a killed run is gone.
        """
        for _ in range(100):
            command = self.start(die_at=die_at, whole=whole)
            status = command.wait()
            if status != BUSY:
                assert status in (*DONE, KILLED), command.words()
                return status
            time.sleep(0.05)
        raise AssertionError(command.words())

    def call(self, *words: str) -> tuple[int, str]:
        """Another command; its exit status and what it printed."""
        command = start([*words], self.folder / f"call-{next(_NUMBERS)}")
        return command.wait(), command.words()

    def rows(self) -> list[Any]:
        """The ledger."""
        store = Store.open(self.store)
        with store.reading() as connection:
            query = select(tables.deliveries, tables.customers.c.email).join(
                tables.customers, tables.customers.c.id == tables.deliveries.c.customer
            )
            found = connection.execute(query.order_by(tables.deliveries.c.id)).all()
        store.close()
        return list(found)

    def in_flight(self) -> int:
        """How many messages the ledger says somebody holds."""
        return sum(row.state == "claimed" for row in self.rows())

    def states(self) -> Counter[str]:
        """How many messages are in which state."""
        return Counter(row.state for row in self.rows())


def check_the_promise(campaign: Campaign, customers: int, *, at_most_unknown: int) -> None:
    """Nothing twice, nothing lost in silence, and no more in doubt than was in flight."""
    kept = campaign.mailbox.kept()
    assert len(set(kept)) == len(kept), "the server accepted a message twice"
    accepted = {address for _, address in kept}
    assert len(accepted) == len(kept), "somebody got two messages"
    rows = campaign.rows()
    assert len({row.customer for row in rows}) == len(rows) == customers, "one row a message"
    assert {row.state for row in rows} <= {"sent", "unknown", "failed"}
    sent = {row.address for row in rows if row.state == "sent"}
    unknown = {row.address for row in rows if row.state == "unknown"}
    assert sent <= accepted, "the ledger says sent and the server has nothing"
    assert accepted - sent <= unknown, "the server has what the ledger says never went"
    assert len(unknown) <= at_most_unknown
