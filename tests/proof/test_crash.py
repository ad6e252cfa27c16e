"""kill -9 at every step of the ledger and at random points, against a real mail server.

The promise that each test checks: the server accepted nothing twice; what was planned was accepted,
is unknown, or failed and says so; and no more is unknown than the ledger showed in flight when the
run was killed.
"""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING

import pytest

from tests.proof.campaign import DONE, IN_FLIGHT, check_the_promise
from tests.proof.processes import KILLED
from tests.proof.torture import some

if TYPE_CHECKING:
    from tests.proof.campaign import Campaign

CUSTOMERS = some(70, 230)  # more than one batch of claims
ADDRESSES = [f"a{n}@x.example" for n in range(CUSTOMERS)]
LEDGER = [
    "planning:1",
    "planned:1",
    "claimed:1",
    "composed:60",
    "settling:1",
    "settled:1",
    "finished:1",
]
MORE = ["started:1", "claiming:1", "settling:2", "settled:2", "announced:1", "announced:50"]
COMMITS = [f"{step}:{n}" for n in range(1, 30) for step in ("committing", "committed")]
MAILS = some([1, 60], [1, 2, 49, 50, 51, 60, 229])
LONGEST = 0.5  # seconds, about what a run takes here


@pytest.mark.parametrize("step", some(LEDGER, [*LEDGER, *MORE, *COMMITS]))
def test_killed_at_a_step_of_the_ledger(on_sqlite: Campaign, step: str) -> None:
    dies_and_goes_on(on_sqlite, step)


@pytest.mark.parametrize("step", some(["claimed:1", "settling:1"], [*LEDGER, *MORE, *COMMITS]))
def test_killed_at_a_step_of_the_ledger_on_a_server(on_server: Campaign, step: str) -> None:
    dies_and_goes_on(on_server, step)


def test_killed_as_a_command_that_cron_started(on_sqlite: Campaign) -> None:
    dies_and_goes_on(on_sqlite, "settling:1", whole=True)


def dies_and_goes_on(campaign: Campaign, step: str, *, whole: bool = False) -> None:
    campaign.write(*ADDRESSES)
    status = campaign.run(step, whole=whole)
    if status in DONE:
        assert step.startswith("commit")  # a run has fewer commits than we count up to
        return
    assert status == KILLED
    goes_on(campaign, whole=whole)


def goes_on(campaign: Campaign, *, whole: bool = False) -> None:
    in_flight = campaign.in_flight()
    assert in_flight <= IN_FLIGHT
    assert campaign.run(whole=whole) == (1 if in_flight else 0)
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=in_flight)
    assert campaign.states()["unknown"] == in_flight, "a killed run is noticed at once"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("mail", MAILS)
def test_killed_while_the_server_has_the_mail(on_sqlite: Campaign, mail: int, when: str) -> None:
    run = on_sqlite.write(*ADDRESSES).start()
    on_sqlite.mailbox.kill(run.pid, mail, when)
    assert run.wait() == KILLED
    assert len(on_sqlite.mailbox.kept()) >= mail - (when == "before")
    goes_on(on_sqlite)


@pytest.mark.parametrize("seed", range(some(2, 60)))
def test_killed_again_and_again(on_sqlite: Campaign, seed: int) -> None:
    killed_until_done(on_sqlite, random.Random(seed))


@pytest.mark.parametrize("seed", range(some(1, 30)))
def test_killed_again_and_again_on_a_server(on_server: Campaign, seed: int) -> None:
    killed_until_done(on_server, random.Random(seed))


def killed_until_done(campaign: Campaign, chance: random.Random) -> None:
    campaign.write(*ADDRESSES)
    lost = 0
    for _ in range(some(3, 8)):
        run = campaign.start()
        time.sleep(chance.uniform(0, LONGEST))
        run.kill()
        if run.wait() == KILLED:
            in_flight = campaign.in_flight()
            assert in_flight <= IN_FLIGHT
            lost += in_flight
    assert campaign.run() in DONE
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=lost)


@pytest.mark.parametrize("step", some(["settling:1"], [*LEDGER[2:-1], *MORE]))
def test_at_least_once_loses_nothing_and_says_what_may_have_gone_twice(
    on_sqlite: Campaign, step: str
) -> None:
    on_sqlite.write(*ADDRESSES, delivery="at_least_once")
    assert on_sqlite.run(step) == KILLED
    in_flight = on_sqlite.in_flight()
    assert on_sqlite.run() == 0
    kept = on_sqlite.mailbox.kept()
    assert {address for _, address in kept} == set(ADDRESSES)
    assert len(kept) - CUSTOMERS <= in_flight
    assert len(set(kept)) == CUSTOMERS, "the second copy has the Message-ID of the first"


def test_killed_among_refusals(on_sqlite: Campaign) -> None:
    ends = {"fine": 60, "nobody": 8, "busy": 4, "cut": 4}
    names = [f"{word}{n}@x.example" for word, count in ends.items() for n in range(count)]
    campaign = on_sqlite.write(*sorted(names, key=lambda name: name[::-1]))
    assert campaign.run("settled:2") == KILLED
    in_flight = campaign.in_flight()
    assert campaign.run() == 1
    check_the_promise(campaign, len(names), at_most_unknown=in_flight + 4)
    decided = {(row.state, row.reason, row.address[:3]) for row in campaign.rows()}
    assert {row for row in decided if row[1] != "interrupted"} <= {
        ("sent", None, "fin"),
        ("failed", "address", "nob"),
        ("failed", "temporary", "bus"),
        ("unknown", "no_answer", "cut"),
    }


def test_what_is_unknown_is_listed_and_settled_by_a_person(on_sqlite: Campaign) -> None:
    settled_by_a_person(on_sqlite)


def test_what_is_unknown_is_listed_and_settled_by_a_person_on_a_server(
    on_server: Campaign,
) -> None:
    settled_by_a_person(on_server)


def settled_by_a_person(campaign: Campaign) -> None:
    """The provider says what it has; what it hasn't goes out again, or is given up."""
    run = campaign.write(*ADDRESSES).start()
    campaign.mailbox.kill(run.pid, 20, "after")
    assert run.wait() == KILLED
    in_flight = campaign.in_flight()
    assert campaign.run() == 1
    listed = unknown(campaign)
    assert len(listed) == in_flight > 0
    came = {address for _, address in campaign.mailbox.kept()}
    sent = [ident for ident, address in listed.items() if address in came]
    lost = [ident for ident, address in listed.items() if address not in came]
    given_up, again = lost[:2], lost[2:]
    for word, idents in (("--sent", sent), ("--failed", given_up), ("--again", again)):
        if idents:
            assert (
                campaign.call("deliveries", "resolve", str(campaign.playbook), *idents, word)[0]
                == 0
            )
    assert unknown(campaign) == {}
    assert campaign.run() == 0
    check_the_promise(campaign, CUSTOMERS, at_most_unknown=0)
    assert len(campaign.mailbox.kept()) == CUSTOMERS - len(given_up)


def unknown(campaign: Campaign) -> dict[str, str]:
    """What ``deliveries --unknown`` lists: id → address."""
    status, said = campaign.call("deliveries", str(campaign.playbook), "--unknown", "--json")
    assert status == 0
    return {str(row["id"]): row["address"] for row in json.loads(said)}


def test_fewer_are_in_flight_where_a_person_wants_it(on_sqlite: Campaign) -> None:
    run = on_sqlite.write(*ADDRESSES).start("--in-flight", "7")
    on_sqlite.mailbox.kill(run.pid, 30, "after")
    assert run.wait() == KILLED
    assert 0 < on_sqlite.in_flight() <= 7
    on_sqlite.run()
    assert 0 < on_sqlite.states()["unknown"] <= 7
