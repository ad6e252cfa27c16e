"""Workers that send what a run decided are killed, here and on a cluster: nothing goes twice."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.proof.campaign import AT, Campaign, check_the_promise
from tests.proof.cluster import cluster
from tests.proof.processes import KILLED, start
from tests.proof.torture import some
from tests.servers.mailbox import mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.proof.processes import Command

CUSTOMERS = some(300, 1500)
ADDRESSES = [f"a{n}@x.example" for n in range(CUSTOMERS)]
SEEDS = range(some(1, 15))
_NUMBERS = count(1)


def call(campaign: Campaign, *words: str) -> Command:
    """A command that may start processes of its own."""
    return start([*words], campaign.folder / f"work-{next(_NUMBERS)}", whole=True)


def leave(campaign: Campaign) -> None:
    words = ("run", str(campaign.playbook), "--at", AT, "--leave-sending")
    decided = call(campaign.write(*ADDRESSES), *words)
    assert decided.wait() == 0, decided.words()
    assert campaign.states() == {"planned": CUSTOMERS}


def workers_of(pid: int) -> list[int]:
    """The processes that send for the command ``pid``."""
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        started = [c for thread in threads for c in (thread / "children").read_text().split()]
        words = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in started}
    except OSError:
        return []
    return [child for child, said in words.items() if b"spawn_main" in said]


def wait_for(said: Callable[[], Any], command: Command) -> Any:
    while not (found := said()):
        assert command.runs, command.words()
        time.sleep(0.005)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_two_commands_with_two_workers_each_are_killed(on_sqlite: Campaign, seed: int) -> None:
    two_by_two(on_sqlite, random.Random(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_commands_with_two_workers_each_are_killed_on_a_server(
    on_server: Campaign, seed: int
) -> None:
    two_by_two(on_server, random.Random(seed))


def two_by_two(campaign: Campaign, chance: random.Random) -> None:
    """One command loses a worker and goes on; of the other all are killed; both are made good."""
    leave(campaign)
    words = ("work", str(campaign.playbook), "--workers", "2")
    first, second = call(campaign, *words), call(campaign, *words)
    after = chance.randrange(1, CUSTOMERS // 3)
    wait_for(lambda: len(campaign.mailbox.kept()) >= after, first)
    victims = [*workers_of(first.pid)[:1], *workers_of(second.pid)]
    assert len(victims) == 3
    second.kill()
    for pid in victims:
        time.sleep(chance.uniform(0, 0.02))
        kill(pid)
    assert second.wait() == KILLED
    assert first.wait() in (0, 1), first.words()
    states = campaign.states()
    assert states["planned"] == states["claimed"] == 0, "the one that is left made it good"
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=50 * 3)
    campaign.run()
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=states["unknown"])


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def test_a_command_that_is_asked_to_end_leaves_nothing_in_doubt(on_sqlite: Campaign) -> None:
    leave(on_sqlite)
    work = call(on_sqlite, "work", str(on_sqlite.playbook), "--workers", "2")
    wait_for(on_sqlite.mailbox.kept, work)
    os.kill(work.pid, signal.SIGTERM)
    assert work.wait() == 130, work.words()
    states = on_sqlite.states()
    assert states.keys() == {"sent", "planned"}
    assert states["sent"] == len(on_sqlite.mailbox.kept())
    assert call(on_sqlite, "work", str(on_sqlite.playbook)).wait() == 0
    check_the_promise(on_sqlite, CUSTOMERS, at_most_unknown=0)


def test_workers_that_wait_help_every_run(on_sqlite: Campaign) -> None:
    campaign = on_sqlite.write(*ADDRESSES)
    assert campaign.run() == 0
    (campaign.folder / "orders.csv").write_text("customer,time,id\nc1,2026-08-01T08:30Z,again\n")
    work = call(campaign, "work", str(campaign.playbook), "--wait", "5m")
    time.sleep(0.5)
    run = call(campaign, "run", str(campaign.playbook), "--at", "2026-08-03T09:00Z",
               "--leave-sending")  # fmt: skip
    assert run.wait() == 0, run.words()
    wait_for(lambda: len(campaign.mailbox.kept()) == CUSTOMERS + 1, work)
    os.kill(work.pid, signal.SIGTERM)
    assert work.wait() == 130, work.words()
    assert campaign.states() == {"sent": CUSTOMERS + 1}


def test_a_run_whose_worker_is_killed_sends_the_rest(on_sqlite: Campaign) -> None:
    campaign = on_sqlite.write(*ADDRESSES)
    words = ("--at", AT, "--executor", "process", "--workers", "2")
    run = call(campaign, "run", str(campaign.playbook), *words)
    victim, *_ = wait_for(lambda: workers_of(run.pid), run)
    wait_for(campaign.mailbox.kept, run)
    kill(victim)
    assert run.wait() in (0, 1), run.words()
    assert "a worker ended too early" in run.words()
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=50)


@pytest.fixture
def three(postgres16: Any, tmp_path: Path) -> Iterator[list[Campaign]]:
    """Three clients with a mail server each, their stores in PostgreSQL."""
    with ExitStack() as stack:
        campaigns = []
        for number in range(3):
            folder = tmp_path / f"client-{number}"
            server = stack.enter_context(mailbox(folder / "mail"))
            url = stack.enter_context(postgres16.database())
            campaigns.append(Campaign(folder, url, server).write(*ADDRESSES))
        yield campaigns


def test_a_worker_of_a_cluster_is_killed_in_the_middle(
    three: list[Campaign], tmp_path: Path
) -> None:
    with cluster(tmp_path / "dask", 2) as dask:
        words = ["run", *(str(each.playbook) for each in three), "--at", AT, "--json"]
        run = call(three[0], *words, "--executor", dask.name)
        for campaign in three:  # whichever comes first is in the middle
            campaign.mailbox.kill(dask.workers[0].pid, CUSTOMERS // 2, "after")
        assert run.wait() in (0, 1), run.words()
        assert dask.workers[0].wait() == KILLED
    told = json.loads(run.words()[run.words().index("[\n") :])
    assert [each["playbook"] for each in told] == ["campaign"] * 3
    for campaign in three:
        campaign.run()
        assert campaign.states().keys() <= {"sent", "unknown"}
        check_the_promise(campaign, CUSTOMERS, at_most_unknown=50)


def test_a_cluster_sends_the_messages_of_one_client(three: list[Campaign], tmp_path: Path) -> None:
    campaign = three[0]
    with cluster(tmp_path / "dask", 2) as dask:
        campaign.mailbox.kill(dask.workers[1].pid, CUSTOMERS // 2, "before")
        words = ("--at", AT, "--executor", dask.name, "--workers", "2")
        run = call(campaign, "run", str(campaign.playbook), *words)
        assert run.wait() in (0, 1), run.words()
        assert dask.workers[1].wait() == KILLED
    assert campaign.states().keys() <= {"sent", "unknown"}
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=50)
