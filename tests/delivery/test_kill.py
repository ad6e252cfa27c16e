"""kill -9 in the middle of sending: nothing twice, and what may be lost is listed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from regulars.delivery.ledger import Ledger
from regulars.delivery.owners import me

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regulars.store import Store

    WithMail = Callable[..., Any]

MESSAGES = 400
IN_FLIGHT = 30

CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import mailing, make_shop
from regulars.store import Store
shop = mailing(make_shop(Store.open({url!r}), Path({folder!r})), {port})
print("ready", flush=True)
shop.deliver(in_flight={in_flight})
"""


class Recorder:
    """Keeps every message that the server accepted, slowly."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.accepted[message_from_bytes(envelope.content)["To"]] += 1
        return "250 2.0.0 kept"


@pytest.fixture
def recorder() -> Iterator[tuple[Recorder, int]]:
    """A mail server that keeps what it accepts."""
    handler = Recorder()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.mark.parametrize("after", [1, 60, 200])
def test_a_killed_run_sends_nothing_twice_and_lists_what_may_be_lost(
    corner: Any,
    with_mail: WithMail,
    recorder: tuple[Recorder, int],
    tmp_path: Path,
    after: int,
) -> None:
    server, port = recorder
    shop = with_mail(corner, port)
    shop.plan(*(f"a{n}@x.example" for n in range(MESSAGES)), channel="mail")
    words = {"tests": os.path.dirname(__file__), "folder": str(tmp_path), "port": port}  # noqa: PTH120
    code = CHILD.format(url=shop.store.url, in_flight=IN_FLIGHT, **words)
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    while server.accepted.total() < after:
        assert child.poll() is None
        time.sleep(0.001)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    shop.deliver()
    assert max(server.accepted.values()) == 1, "nothing twice"
    states = {row.address: row.state for row in shop.rows()}
    missing = {address for address in states if address not in server.accepted}
    assert Counter(states.values()).keys() <= {"sent", "unknown"}
    assert missing <= {address for address, state in states.items() if state == "unknown"}
    unknown = sum(state == "unknown" for state in states.values())
    assert 0 < unknown <= IN_FLIGHT


def test_at_least_once_loses_nothing_when_it_is_killed(
    corner: Any, with_mail: WithMail, recorder: tuple[Recorder, int]
) -> None:
    server, port = recorder
    shop = with_mail(corner, port, "at_least_once")
    shop.plan(*(f"a{n}@x.example" for n in range(40)), channel="mail")
    claim_as_the_dead(shop.store, 10)
    shop.deliver()
    assert set(server.accepted.values()) == {1}
    assert len(server.accepted) == 40
    assert {row.state for row in shop.rows()} == {"sent"}


def claim_as_the_dead(store: Store, count: int) -> None:
    """Leave claims behind as a killed process does."""
    here, pid, _, token = me().rsplit(":", 3)
    with store.transaction() as connection:
        Ledger(f"{here}:{pid}:1:{token}", 1, 0).claim(connection, count)
