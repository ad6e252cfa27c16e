"""The go-ahead: whose planned messages others than the run itself may send, in one word.

A run plans first and checks after. What stands in the ledger in between must not go out, so a run
takes the word back before it plans anything and gives a new one when all is decided. Whoever helps
asks for it in the transaction that claims, after the rows are its own: a row that the next run
planned can't be among them while the word is still the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from secrets import token_hex
from typing import TYPE_CHECKING

from regulars.store import get_fact, set_fact

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from regulars.store import Store

_FACT = "delivery.go_ahead"


@dataclass(frozen=True)
class Guest:
    """One who helps a run, whose ``word`` it was given, to send.

    It ``begins`` after this share of the planned messages, so that several keep out of one
    another's way; from the end it goes on with the first. Between two batches it asks whether it
    was ``stopped``. It claims nothing after ``until``, in seconds by the wall clock.
    """

    word: str
    begins: float = 0.0
    stopped: Callable[[], bool] = lambda: False
    until: float = inf


def give_go_ahead(store: Store, run: int, edition: str) -> str:
    """Let others send what ``run`` has decided by this ``edition``; returns the word."""
    word = f"{run}:{token_hex(4)}:{edition}"
    with store.transaction() as connection:
        set_fact(connection, _FACT, word)
    return word


def withdraw_go_ahead(store: Store) -> None:
    """Let nobody else claim anything from now on; what they have claimed they still send."""
    with store.transaction() as connection:
        set_fact(connection, _FACT, "")


def go_ahead(connection: Connection) -> str | None:
    """The word, if it is given."""
    return get_fact(connection, _FACT) or None


def run_of(word: str) -> int:
    """The number of the run that gave ``word``."""
    return int(word.partition(":")[0])


def edition_of(word: str) -> str:
    """The edition of the playbook that the run which gave ``word`` decided by."""
    return word.rpartition(":")[2]
