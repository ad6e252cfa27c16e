"""Workers: no send begins that the ledger may have given to somebody else."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regulars.delivery.ledger import Claim
from regulars.delivery.outcomes import RELEASED
from regulars.delivery.workers import Channel, Gate, Workers
from regulars.hooks import Outgoing, Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAIM = Claim(1, 1, "j", "s", 1, "hello", "note", "a@x.example", 0, "e", None)
MESSAGE = Outgoing("k", "a@x.example", "c1", "hello", "text", datetime(2026, 8, 1, tzinfo=UTC))


class Counting:
    """A channel that counts."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, _message: Outgoing, /) -> Receipt:
        self.sent += 1
        return Receipt()


def outcome_of_one_send(gate: Gate) -> tuple[object, int]:
    sender = Counting()

    @contextmanager
    def opened() -> Iterator[Counting]:
        yield sender

    workers = Workers([Channel("note", opened, 1, "plugin note")], gate)
    workers.give(CLAIM, MESSAGE)
    (answer,) = workers.collect(2.0)
    workers.stop(2.0)
    return answer.outcome, sender.sent


def test_a_send_begins_while_the_lease_lasts() -> None:
    gate = Gate()
    gate.renewed(time.time())
    outcome, sent = outcome_of_one_send(gate)
    assert outcome != RELEASED
    assert sent == 1


def test_no_send_begins_after_the_lease_has_ended() -> None:
    gate = Gate()
    gate.renewed(time.time() - 60)
    assert outcome_of_one_send(gate) == (RELEASED, 0)


def test_what_waits_behind_a_send_that_hangs_can_be_taken_back() -> None:
    begun, end = threading.Event(), threading.Event()

    class Hanging:
        def send(self, _message: Outgoing, /) -> Receipt:
            begun.set()
            end.wait(10)
            return Receipt()

    @contextmanager
    def opened() -> Iterator[Hanging]:
        yield Hanging()

    gate = Gate()
    gate.renewed(time.time())
    workers = Workers([Channel("note", opened, 1, "plugin note")], gate)
    for number in (1, 2, 3):
        workers.give(replace(CLAIM, id=number), MESSAGE)
    begun.wait(10)
    workers.withdraw()
    taken_back = list(workers.collect(0.05))
    end.set()
    (answer,) = workers.collect(10)
    workers.stop(10)
    assert [(a.claim.id, a.outcome) for a in taken_back] == [(2, RELEASED), (3, RELEASED)]
    assert (answer.claim.id, answer.outcome.state) == (1, "sent")


def test_no_send_begins_when_the_run_is_ending() -> None:
    gate = Gate()
    gate.renewed(time.time())
    gate.closed = True
    assert outcome_of_one_send(gate) == (RELEASED, 0)


def test_no_send_begins_once_what_waited_was_taken_back() -> None:
    gate = Gate()
    gate.renewed(time.time())
    Workers([], gate).withdraw()
    assert outcome_of_one_send(gate) == (RELEASED, 0)
