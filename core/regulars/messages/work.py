"""The work that rendering one message may do: steps, time, output.

A template can't run code, but it could loop for hours or fill the memory. Whatever can repeat or
grow takes its steps from here. The state is the thread's own, because a render never changes
threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sized
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from regulars.instants import zone_of

MOST_STEPS = 100_000
MOST_SECONDS = 0.3  # of this thread's own processor time, so that a busy machine fails nobody
LONGEST = 1_000_000  # characters of any text, finished or in between
MOST_ITEMS = 10_000  # of any list that a template makes
_LOOK = 16  # steps between two looks at the clock
_PIECES = 32  # of a text between two looks at its length

UTC = ZoneInfo("UTC")


class TooMuch(Exception):  # noqa: N818 (it completes the sentence)
    """The template does more than a message needs."""


class Work(threading.local):
    """What this thread's render has used up, and whom it is for."""

    steps = 0
    until = 0.0
    zone = UTC
    locale = "en_US"
    currency = "USD"

    def __init__(self) -> None:
        self.values: list[Any] = []

    def begin(self, customer: Any, zone: ZoneInfo, locale: str, currency: str) -> None:
        """Start a message: nothing is used up; the customer's zone and locale come first."""
        self.steps = 0
        self.until = time.thread_time() + MOST_SECONDS
        self.values = []
        known = customer if isinstance(customer, dict) else {}
        self.zone = zone_of(known.get("timezone"), zone)
        self.locale = known.get("locale") or locale
        self.currency = currency

    def spend(self, steps: int = 1) -> None:
        """Take ``steps``.

        Raises:
            TooMuch: there are none left.
        """
        before = self.steps // _LOOK
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise TooMuch(f"it takes more than {MOST_STEPS:,} steps; use fewer or shorter loops")
        if self.steps // _LOOK != before and time.thread_time() > self.until:
            raise TooMuch(f"it takes longer than {MOST_SECONDS} s; make it simpler")


WORK = Work()


def counted(items: Any) -> Any:
    """``items`` for a loop, each taking a step."""
    if isinstance(items, Sized):
        WORK.spend(1 + len(items))
        return items
    return _one_by_one(items)


def _one_by_one(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        WORK.spend()
        yield item


def built(container: Any) -> Any:
    """A list, tuple or dict that a template wrote, with everything inside it paid for."""
    items = container.values() if isinstance(container, dict) else container
    for item in items:
        WORK.spend()
        if isinstance(item, list | tuple | dict):
            built(item)
    return container


def bounded(pieces: Iterable[str]) -> str:
    """``pieces`` joined.

    Raises:
        TooMuch: they are longer together than a message may be.
    """
    source, kept, length = iter(pieces), [], 0
    while True:
        some = list(islice(source, _PIECES))
        length += sum(map(len, some))
        if length > LONGEST:
            raise TooMuch(f"it writes more than {LONGEST:,} characters; make it shorter")
        kept += some
        if len(some) < _PIECES:
            return "".join(kept)


def checked(value: Any) -> Any:
    """``value`` if it is of a size that a message needs.

    Raises:
        TooMuch: it is larger.
    """
    if isinstance(value, str) and len(value) > LONGEST:
        raise TooMuch(f"it makes a text of more than {LONGEST:,} characters; make it shorter")
    if isinstance(value, list | tuple | dict) and len(value) > MOST_ITEMS:
        raise TooMuch(f"it makes a list of more than {MOST_ITEMS:,} items; use fewer")
    return value
