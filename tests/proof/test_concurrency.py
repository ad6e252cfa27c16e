"""Several runs at once: one of them works, the others say so; without the lock it is safe too."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from regulars.instants import micros
from regulars.store import Store, tables
from sqlalchemy import update

from tests.proof.campaign import BUSY, check_the_promise
from tests.proof.processes import KILLED, start_delivery
from tests.proof.torture import some

if TYPE_CHECKING:
    from tests.proof.campaign import Campaign

CUSTOMERS = some(120, 600)
ADDRESSES = [f"a{n}@x.example" for n in range(CUSTOMERS)]
SEEDS = range(some(1, 15))
SEVERAL = [2, 10]


def test_a_second_run_is_told_who_is_at_work(on_sqlite: Campaign) -> None:
    second_is_refused(on_sqlite)


def test_a_second_run_is_told_who_is_at_work_on_a_server(on_server: Campaign) -> None:
    second_is_refused(on_server)


def second_is_refused(campaign: Campaign) -> None:
    first = campaign.write(*ADDRESSES).start()
    while not campaign.mailbox.kept():
        assert first.runs, first.words()
        time.sleep(0.001)
    os.kill(first.pid, signal.SIGSTOP)  # a slow run
    second = campaign.start()
    assert second.wait() == BUSY
    assert "another run holds" in second.words()
    os.kill(first.pid, signal.SIGCONT)
    assert first.wait() == 0
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=0)


@pytest.mark.parametrize("runs", SEVERAL)
@pytest.mark.parametrize("seed", SEEDS)
def test_runs_at_once(on_sqlite: Campaign, runs: int, seed: int) -> None:
    all_at_once(on_sqlite, runs, random.Random(seed))


@pytest.mark.parametrize("runs", some([10], SEVERAL))
@pytest.mark.parametrize("seed", SEEDS)
def test_runs_at_once_on_a_server(on_server: Campaign, runs: int, seed: int) -> None:
    all_at_once(on_server, runs, random.Random(seed))


def all_at_once(campaign: Campaign, runs: int, chance: random.Random) -> None:
    """Half of them are killed somewhere; the rest wait for one another or go on."""
    campaign.write(*ADDRESSES)
    started = [campaign.start() for _ in range(runs)]
    for run in started[: runs // 2]:
        time.sleep(chance.uniform(0, 0.8 / runs))
        run.kill()
    assert {run.wait() for run in started} <= {0, 1, BUSY, KILLED}
    campaign.run()
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=50 * (runs // 2))


@pytest.mark.parametrize("loops", SEVERAL)
@pytest.mark.parametrize("seed", SEEDS)
def test_deliveries_at_once_without_the_lock(on_sqlite: Campaign, loops: int, seed: int) -> None:
    deliver_at_once(on_sqlite, loops, random.Random(seed))


@pytest.mark.parametrize("loops", some([10], SEVERAL))
@pytest.mark.parametrize("seed", SEEDS)
def test_deliveries_at_once_without_the_lock_on_a_server(
    on_server: Campaign, loops: int, seed: int
) -> None:
    deliver_at_once(on_server, loops, random.Random(seed))


def deliver_at_once(campaign: Campaign, loops: int, chance: random.Random) -> None:
    """Loops that claim from one ledger; half of them are killed."""
    assert campaign.write(*ADDRESSES).run("claiming:1") == KILLED
    started = [
        start_delivery(campaign.playbook, campaign.folder / f"loop-{n}") for n in range(loops)
    ]
    for loop in started[: loops // 2]:
        time.sleep(chance.uniform(0, 0.8 / loops))
        loop.kill()
    statuses = {loop.wait() for loop in started}
    assert statuses <= {0, KILLED}, [loop.words() for loop in started]
    left = campaign.in_flight()
    unknown = campaign.states()["unknown"]  # a loop that began later has found some already
    campaign.run()
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=50 * (loops // 2))
    assert campaign.states()["unknown"] == unknown + left


def test_a_run_killed_elsewhere_is_noticed_when_its_lease_is_over(on_sqlite: Campaign) -> None:
    noticed_after_the_lease(on_sqlite)


def test_a_run_killed_elsewhere_is_noticed_when_its_lease_is_over_on_a_server(
    on_server: Campaign,
) -> None:
    noticed_after_the_lease(on_server)


def noticed_after_the_lease(campaign: Campaign) -> None:
    assert campaign.write(*ADDRESSES).run("claimed:1") == KILLED
    claimed = [row for row in campaign.rows() if row.state == "claimed"]
    soon = micros(datetime.now(UTC) + timedelta(seconds=60))
    assert all(soon - 60_000_000 < row.lease_until <= soon for row in claimed)
    change(campaign, owner="elsewhere/00000000:1:5:abcd")
    campaign.run()
    assert campaign.in_flight() == len(claimed), "its lease runs, so it may be alive"
    change(campaign, lease_until=micros(datetime.now(UTC)))
    assert campaign.run() == 1
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=len(claimed))
    assert campaign.states()["unknown"] == len(claimed)


def change(campaign: Campaign, **values: object) -> None:
    store = Store.open(campaign.store)
    with store.transaction() as connection:
        claimed = tables.deliveries.c.state == "claimed"
        connection.execute(update(tables.deliveries).where(claimed).values(values))
    store.close()
