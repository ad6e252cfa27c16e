"""kill -9 at each commit of a run that computes what has changed: nothing of it is lost or doubled.

What traits, segments and their changes are in the end is what they are where nobody was killed.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from regulars.store import Store, tables
from sqlalchemy import select

from tests.proof.processes import KILLED, start
from tests.proof.torture import SERVERS, some

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, NEXT = "2026-08-01T09:00Z", "2026-08-02T09:00Z"
COMMITS = [f"{step}:{n}" for n in range(1, 15) for step in ("committing", "committed")]
FEWER = ["committed:4", "committing:5", "committed:5", "committing:6", "committed:6"]

PLAYBOOK = """\
playbook: shop
store: {store}
plugins: [./killer.py]
customer: {{attributes: {{city: text}}}}
sources:
  people: {{use: csv, path: people.csv, provides: customers, map: {{id: id, city: city}}}}
  orders:
    use: csv
    path: orders-*.csv
    provides: events
    event: order
    map: {{customer: customer, time: time, id: id, total: total}}
traits:
  orders: {{count: order}}
  week: {{sum: order.total, within: 7d}}
  month: {{{month}: order.total, within: 1mo}}
  last: {{last: order}}
segments:
  often: {{trait: orders, at_least: 2}}
  lately: {{trait: week, at_least: 1}}
  dear: {{trait: month, at_least: {dear}}}
  fresh: {{trait: last, within_last: 3d}}
  salem: {{attribute: city, is: Salem}}
journeys: {{hello: {{when: {{enters: often}}, steps: [exit]}}}}
"""


@dataclass(frozen=True)
class Shop:
    """One client with thirty customers, and what two days bring."""

    folder: Path
    store: str

    def write(self, month: str = "sum", dear: int = 20) -> None:
        text = PLAYBOOK.format(store=self.store, month=month, dear=dear)
        (self.folder / "playbook.yaml").write_text(text)

    def begin(self) -> Shop:
        shutil.copy(Path(__file__).with_name("killer.py"), self.folder)
        self.write()
        self.people("Bend")
        old = [f"c{n},2026-07-{n % 28 + 1:02}T{n % 24:02}:00Z,o{n},{n}" for n in range(30)]
        self.orders(1, *old, "c7,2026-08-02T08:00Z,soon,5")
        assert self.run(FIRST) == 0
        return self

    def go_on(self, *, edited: bool) -> None:
        """A day later: new orders, one of them late, somebody moved, perhaps an edit."""
        self.people("Salem")
        self.orders(2, "c1,2026-08-02T01:00Z,n1,9", "c2,2026-07-30T01:00Z,n2,9")
        if edited:
            self.write("largest", 12)

    def people(self, city: str) -> None:
        rows = [f"c{n},{city if n == 3 else 'Bend'}\n" for n in range(30)]
        (self.folder / "people.csv").write_text("".join(["id,city\n", *rows]))

    def orders(self, day: int, *rows: str) -> None:
        lines = "".join(f"{row}\n" for row in ("customer,time,id,total", *rows))
        (self.folder / f"orders-{day}.csv").write_text(lines)

    def run(self, at: str, die_at: str = "") -> int:
        words = ["run", str(self.folder / "playbook.yaml"), "--at", at, "--json"]
        command = start(words, self.folder / "said", die_at)
        status = command.wait()
        assert status in {0, KILLED}, command.words()
        return status

    def told(self) -> list[Any]:
        """Traits, members and changes."""
        with closing(Store.open(self.store)) as store, store.reading() as connection:
            traits, member, change = store.tables.traits, tables.members.c, tables.changes.c
            columns = [column for name, column in sorted(traits.c.items()) if name != "changed"]
            queries = (
                select(*columns),
                select(member.segment, member.customer, member.since),
                select(change.at, change.segment, change.customer, change.entered, change.by_edit),
            )
            return [sorted(map(tuple, connection.execute(q)), key=repr) for q in queries]


@pytest.fixture(params=SERVERS)
def on_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    with request.getfixturevalue(request.param).database() as url:
        yield Shop(tmp_path, url)


@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("step", some(COMMITS[4:16:3], COMMITS))
def test_killed_at_a_commit(tmp_path: Path, step: str, edited: bool) -> None:  # noqa: FBT001
    (tmp_path / "mine").mkdir()
    dies_and_goes_on(Shop(tmp_path / "mine", f"sqlite:///{tmp_path / 'mine.db'}"), step, edited)


@pytest.mark.parametrize("step", some(FEWER[1:4], COMMITS))
def test_killed_at_a_commit_on_a_server(on_server: Shop, step: str) -> None:
    dies_and_goes_on(on_server, step, edited=True)


def dies_and_goes_on(shop: Shop, step: str, edited: bool) -> None:  # noqa: FBT001
    shop.begin().go_on(edited=edited)
    if shop.run(NEXT, step) == KILLED:
        assert shop.run(NEXT) == 0
    other = Shop(shop.folder / "unharmed", f"sqlite:///{shop.folder / 'unharmed.db'}")
    other.folder.mkdir()
    other.begin().go_on(edited=edited)
    assert other.run(NEXT) == 0
    assert shop.told() == other.told()
