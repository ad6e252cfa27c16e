"""The run lock: one holder at a time, freed when its process is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from regulars.errors import BusyError
from regulars.store import Store, hold

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDER = """
import sys
from regulars.store import hold
with hold(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(store_url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the store until its input ends."""
    command = [sys.executable, "-c", HOLDER, store_url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_told_who_holds_the_store(
    holder: subprocess.Popen[str], store_url: str
) -> None:
    who = "connection" if store_url.startswith("mariadb") else str(holder.pid)
    says = rf"another run holds .*{who}.*since.*try again"
    with pytest.raises(BusyError, match=says), hold(store_url):
        pass


@pytest.mark.usefixtures("holder")
def test_the_holder_can_still_work_with_the_store(store_url: str) -> None:
    Store.open(store_url).close()


def test_a_holder_that_is_killed_frees_the_store(
    holder: subprocess.Popen[str], store_url: str
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    _eventually_held(store_url)


def test_a_store_is_free_after_the_run(store_url: str) -> None:
    for _ in range(3):
        with hold(store_url), pytest.raises(BusyError), hold(store_url):
            pass


def test_an_error_in_the_run_frees_the_store(store_url: str) -> None:
    with pytest.raises(ZeroDivisionError), hold(store_url):
        raise ZeroDivisionError
    with hold(store_url):
        pass


def _eventually_held(url: str, attempts: int = 100) -> None:
    # A server notices a moment later than the system that its peer is gone.
    for attempt in range(attempts):
        try:
            with hold(url):
                return
        except BusyError:
            assert attempt < attempts - 1
            time.sleep(0.05)
