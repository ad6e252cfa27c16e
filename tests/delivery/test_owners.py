"""Owners: who is alive, and who is certainly gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from regulars.delivery.owners import is_gone, me

ASK = "from regulars.delivery.owners import me; print(me(), flush=True); input()"


def child() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_a_living_process_is_not_gone() -> None:
    process, owner = child()
    assert not is_gone(owner)
    process.communicate("\n")


def test_a_killed_process_is_gone_even_before_its_parent_looked() -> None:
    process, owner = child()
    os.kill(process.pid, signal.SIGKILL)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(owner), "a zombie sends nothing any more"
    process.communicate()
    assert is_gone(owner)


def test_another_process_with_the_same_number_is_somebody_else() -> None:
    here, pid, _, token = me().rsplit(":", 3)
    assert is_gone(f"{here}:{pid}:1:{token}")


def test_nobody_can_tell_from_here_whether_a_process_elsewhere_lives() -> None:
    _, pid, _, token = me().rsplit(":", 3)
    assert not is_gone(f"another-host/00000000:{pid}:1:{token}")
    assert not is_gone("what is this?")


def test_two_deliveries_of_one_process_are_two_owners_that_fit_the_store() -> None:
    assert me() != me()
    assert len(me()) < 190
