"""Several playbooks in one call: each by itself, and the worst status in the end."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from regulars.runs import processes
from regulars.runs.executors import executor_of
from regulars.runs.many import Order, run_many, worst
from regulars.runs.processes import WorkerDied

from tests.runs.conftest import HEAD, Client

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-08-01T09:00Z"
THANKS = """
journeys:
  thanks: {when: {event: order}, steps: [{send: hello}]}
"""
DEADLY = """
import os, signal
from regulars import hookimpl

@hookimpl
def regulars_run_started():
    os.kill(os.getpid(), signal.SIGKILL)
"""
LOUD = """
import logging
from regulars import hookimpl

@hookimpl
def regulars_run_started():
    logging.warning("the key is s3cret-word")
    raise ZeroDivisionError("s3cret-word")
"""


INTERRUPTING = """
from regulars import hookimpl

@hookimpl
def regulars_run_started():
    raise KeyboardInterrupt
"""


def shop(folder: Path, rest: str = "") -> Client:
    folder.mkdir()
    made = Client(folder)
    made.people("ada,ada@example.com,Paris,1990-03-05,")
    made.orders("ada,2026-08-01T08:00Z,1,x,5")
    made.write(THANKS + rest, HEAD.replace("playbook: shop", f"playbook: {folder.name}"))
    return made


@pytest.fixture
def shops(tmp_path: Path) -> list[Client]:
    return [shop(tmp_path / name) for name in ("ash", "birch", "cedar")]


def paths(shops: list[Client]) -> list[str]:
    return [str(each.path) for each in shops]


@pytest.mark.parametrize("executor", ["process", "thread"])
def test_one_call_runs_all_and_a_broken_one_stops_nobody(
    shops: list[Client], executor: str
) -> None:
    shops[1].write("jorneys: {}\n")
    words = ("--at", AT, "--executor", executor, "--json")
    status, out, err = shops[0].call("run", *paths(shops), *words)
    told: list[dict[str, Any]] = json.loads(out)
    assert status == 2
    assert [each["status"] for each in told] == [0, 2, 0]
    assert [each["playbook"] for each in told] == ["ash", None, "cedar"]
    assert "jorneys" in told[1]["said"]
    assert "jorneys" in err
    assert [len(each.sent()) for each in shops] == [1, 0, 1]


def test_people_get_a_line_for_each_client(shops: list[Client]) -> None:
    status, out, _ = shops[0].call("run", *paths(shops), "--at", AT)
    assert status == 0
    assert [line.split()[:2] for line in out.splitlines()[3:6]] == [
        ["ash", "1"],
        ["birch", "1"],
        ["cedar", "1"],
    ]


def test_a_client_whose_process_is_killed_fails_alone(shops: list[Client]) -> None:
    (shops[1].folder / "deadly.py").write_text(DEADLY)
    shops[1].write("plugins: [./deadly.py]\n" + THANKS)
    words = ("--at", AT, "--workers", "1", "--json")
    status, out, _ = shops[0].call("run", *paths(shops), *words)
    told = json.loads(out)
    assert status == 1
    assert [each["status"] for each in told] == [0, 1, 0]
    assert "ended by signal 9 (SIGKILL)" in told[1]["said"]


def test_a_plugin_of_a_thread_that_interrupts_stops_nobody_else(shops: list[Client]) -> None:
    (shops[0].folder / "stop.py").write_text(INTERRUPTING)
    shops[0].write(THANKS + "plugins: [./stop.py]\n")
    status, out, _ = shops[1].call(
        "run", *paths(shops), "--at", AT, "--executor", "thread", "--workers", "1", "--json"
    )
    assert status == 1
    assert [each["status"] for each in json.loads(out)] == [1, 0, 0]


def test_nothing_secret_comes_back(shops: list[Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "s3cret-word")
    loud = shops[1]
    (loud.folder / "loud.py").write_text(LOUD)
    mail = "mail: {use: smtp, host: h.example, from: a@b.example, user: u, password: {env: WORD}}"
    head = HEAD.replace("mail: {use: outbox}", mail)
    loud.write("plugins: [./loud.py]\n", head)
    _, out, err = loud.call("run", *paths(shops), "--at", AT, "--json")
    assert "s3cret-word" not in out + err
    assert "shop: the key is" in err


def test_two_playbooks_of_one_store_are_kept_apart(shops: list[Client]) -> None:
    store = f"store: sqlite:///{shops[0].folder / 'one.db'}\n"
    for each in shops[:2]:
        text = each.path.read_text()
        each.path.write_text(store + text)
    words = ("--at", AT, "--workers", "1", "--json")
    status, out, _ = shops[0].call("run", *paths(shops[:2]), *words)
    assert status == 2
    assert "belongs to the playbook 'ash'" in json.loads(out)[1]["said"]


def test_the_same_playbook_twice_is_refused(shops: list[Client]) -> None:
    first = str(shops[0].path)
    status, _, err = shops[0].call("run", first, first)
    assert status == 2
    assert "named twice" in err


@pytest.mark.parametrize("executor", ["processes", "dask:/h:1"])
def test_an_executor_that_nobody_knows_is_named(shops: list[Client], executor: str) -> None:
    status, _, err = shops[0].call("run", *paths(shops), "--executor", executor)
    assert status == 2
    assert "say process, thread or dask://HOST:PORT" in err


def test_the_worst_status_is_what_must_be_mended() -> None:
    assert [worst(s) for s in ([0, 3], [3, 1, 0], [1, 2, 3], [0], [130])] == [3, 1, 2, 0, 1]


def test_a_worker_that_dies_is_replaced() -> None:
    with executor_of("process", 1) as executor:
        first = executor.submit(os.getpid).result()
        with pytest.raises(WorkerDied, match="ended by itself with status 7"):
            executor.submit(os._exit, 7).result()
        with pytest.raises(RuntimeError, match="ValueError"):
            executor.submit(int, "x").result()
        assert executor.submit(os.getpid).result() not in (first, os.getpid())


def test_a_client_whose_process_cannot_begin_fails_alone(
    shops: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, tried = processes._start, list[None]()

    def start_but_once() -> processes._Worker:
        tried.append(None)
        if len(tried) == 1:
            raise OSError("no more processes")
        return start()

    monkeypatch.setattr(processes, "_start", start_but_once)
    words = ("--at", AT, "--workers", "1", "--json")
    status, out, _ = shops[0].call("run", *paths(shops), *words)
    told = json.loads(out)
    assert status == 1
    assert [each["status"] for each in told] == [1, 0, 0]
    assert "no more processes" in told[0]["said"]
    assert [len(each.sent()) for each in shops] == [0, 1, 1]


def test_each_client_is_told_under_the_path_that_was_given(shops: list[Client]) -> None:
    with executor_of("thread") as executor:
        orders = [Order(each.path) for each in shops]
        assert {ran.path for ran in run_many(executor, orders, away=True)} == {
            each.path for each in shops
        }
