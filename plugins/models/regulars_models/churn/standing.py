"""Who can still leave: subscriptions that run, and customers of a shop who were there lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from regulars.hooks import ModelData, ModelEvents

    from .kind import ChurnSettings

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Spells:
    """Times that went on for somebody: from ``start`` until ``end``, if they are ``over``.

    Those that are not end at the instant that they are looked at.
    """

    customer: Whole
    start: Whole
    end: Whole
    over: Mask

    def days(self) -> Floats:
        """How long each went on."""
        return (self.end - self.start) / DAY

    def running(self, at: int) -> Mask:
        """Which had begun and were not over at that instant."""
        return (self.start <= at) & ((self.end > at) | ~self.over)


def subscriptions(starts: ModelEvents, ends: ModelEvents, now: int) -> Spells:
    """Each subscription by itself; who starts again after an end has another one.

    A start while it runs and an end while none does change nothing.
    """
    customer = np.concatenate([starts.customer, ends.customer])
    at = np.concatenate([starts.at, ends.at])
    begins = np.repeat([True, False], [len(starts), len(ends)])
    order = np.lexsort((begins, at, customer))
    customer, at, begins = customer[order], at[order], begins[order]
    ran = np.zeros(len(at), np.bool_)
    ran[1:] = begins[:-1] & (customer[1:] == customer[:-1])
    turns = begins != ran
    customer, at, begins = customer[turns], at[turns], begins[turns]
    following = np.append(~begins[1:] & (customer[1:] == customer[:-1]), [False])[: len(at)]
    end = np.where(following, np.append(at[1:], [now])[: len(at)], now)
    return Spells(customer[begins], at[begins], end[begins], following[begins])


def pauses(events: ModelEvents, now: int, until: int) -> Spells:
    """The times between an event and the next, followed for ``until`` microseconds at most.

    The one after the last event isn't over.
    """
    again = np.append(events.customer[1:] == events.customer[:-1], [False])[: len(events)]
    end = np.where(again, np.append(events.at[1:], [now])[: len(events)], now)
    apart = end > events.at  # what came at once is one event
    last = events.at + until
    over = again & (end <= last)
    return Spells(
        events.customer[apart],
        events.at[apart],
        np.minimum(end, last)[apart],
        over[apart],
    )


@dataclass(frozen=True)
class Standing:
    """The ``customers`` who can leave, and what is known of them by ``inputs``, a column each.

    The first is since when: days of the subscription, or since the last event.
    """

    customers: Whole
    inputs: Floats


def names(config: ChurnSettings) -> list[str]:
    """What the inputs are called."""
    if config.event is None:
        return ["days subscribed", *config.traits]
    event = config.event
    return [f"days since {event}", f"{event} events", "days as a customer", *config.traits]


def standing(config: ChurnSettings, data: ModelData) -> Standing:
    """Who can leave as of the data's now."""
    customers, known = _of_shop(config, data) if config.event else _subscribed(config, data)
    traits = [data.traits[name][customers] for name in config.traits]
    return Standing(customers, np.column_stack([*known, *traits]).astype(np.float64))


def _subscribed(config: ChurnSettings, data: ModelData) -> tuple[Whole, list[Floats]]:
    starts, ends = data.events[str(config.starts)], data.events[str(config.ends)]
    spells = subscriptions(starts, ends, data.now)
    runs = ~spells.over
    return spells.customer[runs], [spells.days()[runs]]


def _of_shop(config: ChurnSettings, data: ModelData) -> tuple[Whole, list[Floats]]:
    events = data.events[str(config.event)]
    last, first = np.full(len(data), -1), np.full(len(data), -1)
    last[events.customer] = events.at
    first[events.customer[::-1]] = events.at[::-1]
    count = np.bincount(events.customer, events.times, len(data))
    lately = np.flatnonzero((count > 0) & (last > data.now - config.within))
    return lately, [
        (data.now - last[lately]) / DAY,
        count[lately].astype(np.float64),
        (data.now - first[lately]) / DAY,
    ]
