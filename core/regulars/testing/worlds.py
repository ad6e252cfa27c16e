"""Worlds: made-up customers with a history, as a model would be told of them at any instant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from regulars.hooks import DAY, ModelData, ModelEvents, Reads, micros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

START = micros(datetime(2024, 1, 1, tzinfo=UTC))
LEAVE = 0.5  # the share of customers who stop one day
ONE_ZONE = ZoneInfo("Europe/Lisbon")  # with a summer time, west enough to be on UTC in winter
WORDS = ("bread", "cake", "coffee", "roll", "tea")


@dataclass(frozen=True)
class World:
    """Customers by number, with everything that ever happens to them: also what is yet to come."""

    reads: Reads
    customers: NDArray[np.int64]
    events: Mapping[str, ModelEvents]
    attributes: Mapping[str, NDArray[Any]]
    files: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    zone: ZoneInfo = ONE_ZONE

    def at(self, now: int) -> ModelData:
        """What a model is told at ``now``, with the data of its cut-offs."""
        data = self._at(now)
        return replace(data, earlier=[self._at(now - before) for before in self.reads.cutoffs])

    def alone(self, row: int) -> World:
        """The same world with nobody but the customer in ``row``."""
        return self.of(np.array([row]))

    def of(self, rows: NDArray[np.int64]) -> World:
        """The same world with the customers in ``rows``, ascending, alone."""
        place = np.full(len(self.customers), -1)
        place[rows] = np.arange(len(rows))
        return replace(
            self,
            customers=self.customers[rows],
            events={name: _of(events, place) for name, events in self.events.items()},
            attributes={name: values[rows] for name, values in self.attributes.items()},
        )

    def all_alike(self, row: int, count: int) -> World:
        """A world of ``count`` customers with the history of the one in ``row``."""
        one = self.alone(row)
        return replace(
            one,
            customers=np.arange(1, count + 1),
            events={name: _repeated(events, count) for name, events in one.events.items()},
            attributes={name: values.repeat(count) for name, values in one.attributes.items()},
        )

    def without_after(self, at: int) -> World:
        """The same world, if nothing happened after ``at``."""
        return replace(self, events={name: e.until(at) for name, e in self.events.items()})

    def _at(self, now: int) -> ModelData:
        events = {name: events.until(now) for name, events in self.events.items()}
        data = ModelData(
            now,
            self.zone,
            self.customers,
            events,
            {name: self.trait(place, events, now) for place, name in enumerate(self.reads.traits)},
            self.attributes,
            files=self.files,
        )
        return _sealed(data)

    def trait(self, place: int, events: Mapping[str, ModelEvents], now: int) -> NDArray[np.float64]:
        """The trait in that ``place`` of what is read, as of ``now``, of what happened up to then.

        By turns how often something happened, how many days ago, and how regularly; without a trace
        of it the first is 0, the others are unknown.
        """
        people = len(self.customers)
        all_events = list(events.values())
        who = np.concatenate([np.empty(0, np.int64), *(each.customer for each in all_events)])
        when = np.concatenate([np.empty(0, np.int64), *(each.at for each in all_events)])
        often = np.bincount(who, minlength=people).astype(float)
        if place % 3 == 0:
            return often
        last, first = np.full(people, np.nan), np.full(people, np.nan)
        order = np.argsort(when, kind="stable")
        last[who[order]] = when[order]
        first[who[order[::-1]]] = when[order[::-1]]
        return (now - last) / DAY if place % 3 == 1 else (last - first) / DAY / often


def made_up(  # noqa: PLR0913
    reads: Reads,
    *,
    people: int = 300,
    days: int = 720,
    seed: int = 1,
    amounts: tuple[float, float] = (1.0, 60.0),
    words: tuple[str, ...] = WORDS,
    files: Mapping[str, Mapping[str, NDArray[Any]]] | None = None,
) -> World:
    """A world with what ``reads`` asks for; the same for the same ``seed``.

    Customers come over the first two thirds of ``days`` since 2024, each with a pace of their own,
    and some stop one day. Amounts lie between ``amounts``, one in twenty is unknown; texts are some
    of ``words``, one in twenty is none.
    """
    luck = np.random.default_rng(seed)
    born = luck.uniform(0, days * 2 / 3, people)
    gone = np.where(luck.random(people) < LEAVE, born + luck.exponential(days / 3, people), np.inf)
    of_properties = [*reads.amounts, *reads.texts]
    names = dict.fromkeys([*reads.events, *(name.partition(".")[0] for name in of_properties)])
    lives = _Lives(born, np.minimum(gone, days), luck.gamma(2.0, 12.0, people) + 3)
    return World(
        reads,
        np.arange(1, people + 1) * 3,
        {name: _history(name, reads, lives, luck, amounts, words) for name in names},
        {name: _attribute(people, luck, words) for name in reads.attributes},
        files or {},
    )


@dataclass(frozen=True)
class _Lives:
    """When customers come and go, in days, and their mean pause."""

    born: NDArray[np.float64]
    gone: NDArray[np.float64]
    pause: NDArray[np.float64]


def _history(  # noqa: PLR0913, PLR0917
    name: str,
    reads: Reads,
    lives: _Lives,
    luck: np.random.Generator,
    amounts: tuple[float, float],
    words: tuple[str, ...],
) -> ModelEvents:
    count = np.maximum(1, luck.poisson((lives.gone - lives.born) / lives.pause))
    who = np.arange(len(count)).repeat(count)
    day = lives.born[who] + luck.random(len(who)) * (lives.gone - lives.born)[who]
    at = START + (day * DAY).astype(np.int64)
    order = np.lexsort((at, who))
    low, high = amounts
    spent = np.round(luck.uniform(low, high, len(who)), 2)
    spent[luck.random(len(who)) < 1 / 20] = np.nan
    said = luck.choice(np.array([*words, None], object), len(who), p=_mostly(len(words)))
    mine = [each.partition(".")[2] for each in reads.amounts if each.partition(".")[0] == name]
    texts = [each.partition(".")[2] for each in reads.texts if each.partition(".")[0] == name]
    return ModelEvents(
        who[order],
        at[order],
        np.ones(len(who), np.int64),
        dict.fromkeys(mine, spent),
        dict.fromkeys(texts, said),
    )


def _mostly(words: int) -> list[float]:
    return [0.95 / words] * words + [0.05]


def _attribute(people: int, luck: np.random.Generator, words: tuple[str, ...]) -> NDArray[Any]:
    return luck.choice(np.array([*words, None], object), people, p=_mostly(len(words)))


def _of(events: ModelEvents, place: NDArray[np.int64]) -> ModelEvents:
    """The events of the customers who have a new ``place``, with these."""
    held = place[events.customer] >= 0
    return ModelEvents(
        place[events.customer[held]],
        events.at[held],
        events.times[held],
        {name: values[held] for name, values in events.amounts.items()},
        {name: values[held] for name, values in events.texts.items()},
    )


def _repeated(events: ModelEvents, count: int) -> ModelEvents:
    return ModelEvents(
        np.arange(count).repeat(len(events)),
        np.tile(events.at, count),
        np.tile(events.times, count),
        {name: np.tile(values, count) for name, values in events.amounts.items()},
        {name: np.tile(values, count) for name, values in events.texts.items()},
    )


def _sealed(data: ModelData) -> ModelData:
    """``data`` that nobody can change."""
    held = [data.customers, *data.traits.values(), *data.attributes.values()]
    for events in data.events.values():
        held += [events.customer, events.at, events.times]
        held += [*events.amounts.values(), *events.texts.values()]
    for array in held:
        array.flags.writeable = False
    return data
