"""A run decides, others send: what `work` does and what it refuses."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from regulars.delivery.go_ahead import withdraw_go_ahead
from regulars.runs.loading import load_playbook
from regulars.runs.working import Shift, Worked, shifts, work
from regulars.store import Store, tables
from sqlalchemy import select, update

if TYPE_CHECKING:
    from tests.runs.conftest import Client

AT = "2026-08-01T09:00Z"
THANKS = """
journeys:
  thanks: {when: {event: order}, steps: [{send: hello}]}
"""


def decided(client: Client) -> None:
    client.write(THANKS)
    client.orders("ada,2026-08-01T08:00Z,1,x,5", "bob,2026-08-01T08:30Z,2,x,5")
    status, _, err = client.call("run", str(client.path), "--at", AT, "--leave-sending", "--json")
    assert status == 0, err


def states(client: Client) -> list[tuple[str, int | None]]:
    store = Store.open(load_playbook(client.path).playbook.store)
    with store.reading() as connection:
        ledger = tables.deliveries.c
        rows = connection.execute(select(ledger.state, ledger.decided_by).order_by(ledger.id))
        found = [tuple(row) for row in rows]
    store.close()
    return found


def test_a_run_that_leaves_sending_says_how_many_wait(client: Client) -> None:
    client.write(THANKS)
    client.orders("ada,2026-08-01T08:00Z,1,x,5")
    _, out, _ = client.call("run", str(client.path), "--at", AT, "--leave-sending")
    assert "1 messages wait: regulars work" in " ".join(out.split())
    assert client.sent() == []


def test_work_sends_what_was_left_and_counts_it_to_that_run(anywhere: Client) -> None:
    decided(anywhere)
    worked = work(load_playbook(anywhere.path), Shift(anywhere.path, begins=0.5))
    assert worked.counts == {"sent": 2}
    assert states(anywhere) == [("sent", 1), ("sent", 1)]


def test_the_command_tells_what_its_workers_did(client: Client) -> None:
    decided(client)
    status, out, err = client.call("work", str(client.path), "--workers", "2", "--json")
    told = json.loads(out)
    assert status == 0, err
    assert told.pop("seconds") > 0
    assert told == {"counts": {"sent": 2}, "away": {}, "waiting": 0}
    assert len(client.sent()) == 2
    status, out, _ = client.call("work", str(client.path), "--json")
    assert json.loads(out)["counts"] == {}


def test_work_before_any_run_says_what_comes_first(client: Client) -> None:
    client.write(THANKS)
    status, _, err = client.call("work", str(client.path))
    assert status == 2
    assert "start with: regulars run" in err


def test_nothing_goes_while_a_run_has_planned_and_not_decided(client: Client) -> None:
    decided(client)
    loaded = load_playbook(client.path)
    store = Store.open(loaded.playbook.store)
    withdraw_go_ahead(store)
    store.close()
    status, _, err = client.call("work", str(client.path))
    assert status == 3
    assert "has not decided yet" in err
    assert client.sent() == []


def test_what_was_decided_long_ago_waits_for_a_new_decision(client: Client) -> None:
    decided(client)
    store = Store.open(load_playbook(client.path).playbook.store)
    with store.transaction() as connection:
        connection.execute(update(tables.runs).values(started_at=1))
    store.close()
    status, _, err = client.call("work", str(client.path))
    assert status == 1
    assert "decided too long ago" in err
    assert client.sent() == []


def test_nothing_more_is_claimed_once_it_is_too_late(
    anywhere: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(anywhere)
    began = time.time()
    later = Shift.within + 1  # as the clock shows when the first message is out
    monkeypatch.setattr(time, "time", lambda: began + (later if anywhere.sent() else 0))
    worked = work(load_playbook(anywhere.path), Shift(anywhere.path, in_flight=1))
    assert (worked.counts, worked.waiting, worked.too_old) == ({"sent": 1}, 1, True)
    assert len(anywhere.sent()) == 1


def test_a_worker_that_ended_early_leaves_what_others_know_to_wait() -> None:
    known, dead = Worked(waiting=3), Worked(ended=("it died",))
    assert [(known + dead).waiting, (dead + known).waiting] == [3, 3]
    assert (known + Worked(waiting=0)).waiting == 0
    assert (dead + dead).waiting is None


def test_nobody_says_that_nothing_waits_unless_somebody_looked(client: Client) -> None:
    decided(client)
    client.write(THANKS + "traits: {orders: {count: order}}\n")
    _, out, _ = client.call("work", str(client.path))
    assert out.split()[-5:] == ["0", "0", "0", "0", "?"]
    _, out, _ = client.call("work", str(client.path), "--json")
    assert json.loads(out)["waiting"] is None


def test_workers_share_what_they_are_asked_and_begin_apart(client: Client) -> None:
    asked = shifts(Shift(client.path, in_flight=7, waits=2.0, within=5.0), 4)
    assert asked == [Shift(client.path, n / 4, 7, 2.0, 5.0) for n in range(4)]


@pytest.mark.parametrize("option", ["--wait", "--within"])
def test_a_time_that_is_none_is_refused(client: Client, option: str) -> None:
    decided(client)
    status, _, err = client.call("work", str(client.path), option, "soon")
    assert status == 2
    assert option in err
    assert client.sent() == []


def test_a_playbook_that_computes_other_things_must_run_first(client: Client) -> None:
    decided(client)
    client.write(THANKS + "traits: {orders: {count: order}}\n")
    status, _, err = client.call("work", str(client.path))
    assert status == 1
    assert "was edited since the last run" in err


def test_a_run_sends_by_workers_and_tells_the_same(client: Client) -> None:
    client.write(THANKS)
    client.orders("ada,2026-08-01T08:00Z,1,x,5", "bob,2026-08-01T08:30Z,2,x,5")
    words = ("--at", AT, "--executor", "process", "--workers", "2", "--json")
    status, out, err = client.call("run", str(client.path), *words)
    assert status == 0, err
    assert json.loads(out)["decisions"]["sent"] == 2
    assert len(client.sent()) == 2


@pytest.mark.parametrize(
    "edit",
    [
        ("steps: [{send: hello}]", "steps: [exit]"),
        ("steps: [{send: hello}]", "steps: [{wait: 1d}, {send: hello}]"),
        ("thanks:", "thanked:"),
    ],
)
def test_what_was_edited_since_it_was_decided_must_run_first(
    client: Client, edit: tuple[str, str]
) -> None:
    decided(client)
    client.write(THANKS.replace(*edit))
    status, _, err = client.call("work", str(client.path))
    assert (status, client.sent()) == (1, [])
    assert "journeys or messages were edited since the last run" in err


def test_words_that_were_edited_since_they_were_decided_on_must_run_first(client: Client) -> None:
    decided(client)
    written = client.path.read_text()
    assert '"Hello {{' in written
    client.path.write_text(written.replace('"Hello {{', '"Goodbye {{'))
    status, _, err = client.call("work", str(client.path))
    assert (status, client.sent()) == (1, [])
    assert "edited since the last run" in err
