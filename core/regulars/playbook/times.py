"""Times as a playbook writes them, local to a zone: a time of day, a moment of the week, a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self

from regulars.values import Written

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def utc_of(local: datetime) -> datetime:
    """The UTC instant of an aware ``local`` time.

    A time that the spring clock change skips is the end of the gap, as for cron; of a time that
    comes twice in autumn it is the first.
    """
    instant = local.astimezone(UTC)
    zone = local.tzinfo
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    early, late = local.replace(fold=1).astimezone(UTC), instant
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (
            (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
        )
    return late.replace(microsecond=0)


@dataclass(frozen=True)
class TimeOfDay(Written):
    """A local time of day, written ``09:00``."""

    hour: int
    minute: int

    pattern = r"^([01]\d|2[0-3]):[0-5]\d$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The time of day that ``text`` writes."""
        match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", str(text))
        if match is None:
            raise ValueError(f'{text!r} is not a time of day; write it as "09:00"')
        return cls(int(match[1]), int(match[2]))

    def on(self, day: date, zone: ZoneInfo) -> datetime:
        """The UTC instant of this time on ``day`` in ``zone``; see ``utc_of``."""
        return utc_of(datetime.combine(day, time(self.hour, self.minute), zone))

    def __str__(self) -> str:
        return f"{self.hour:02}:{self.minute:02}"


@dataclass(frozen=True)
class LocalMoment(Written):
    """A time of day that comes again: ``09:00`` every day, ``mon 09:00`` on Mondays.

    ``weekday`` counts from Monday, 0; None is any day.
    """

    time: TimeOfDay
    weekday: int | None = None

    pattern = r"^((mon|tue|wed|thu|fri|sat|sun) )?([01]\d|2[0-3]):[0-5]\d$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The moment that ``text`` writes."""
        if not isinstance(text, str) or re.fullmatch(cls.pattern, text) is None:
            raise ValueError(f'{text!r} is not a moment; write it as "09:00" or "mon 09:00"')
        day, _, clock = text.rpartition(" ")
        return cls(TimeOfDay.parse(clock), WEEKDAYS.index(day) if day else None)

    def next(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The first such UTC instant at or after ``start`` in ``zone``."""
        day = start.astimezone(zone).date()
        for ahead in range(-1, 9):
            on = day + timedelta(days=ahead)
            if self.weekday in (None, on.weekday()) and (at := self.time.on(on, zone)) >= start:
                return at
        raise AssertionError("every weekday comes within nine days")

    def __str__(self) -> str:
        return str(self.time) if self.weekday is None else f"{WEEKDAYS[self.weekday]} {self.time}"


@dataclass(frozen=True)
class LocalTime(Written):
    """A local date with an optional time: ``2026-12-01 09:00``, or an instant with an offset."""

    text: str

    pattern = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The time that ``text`` writes."""
        if not isinstance(text, str) or re.fullmatch(cls.pattern, text) is None:
            raise ValueError(f'{text!r} is not a time; write it as "2026-12-01 09:00"')
        try:
            datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is not a time: {error}") from None
        return cls(text)

    def at(self, zone: ZoneInfo) -> datetime:
        """The UTC instant; a time without an offset is local to ``zone``, see ``utc_of``."""
        moment = datetime.fromisoformat(self.text)
        return moment.astimezone(UTC) if moment.tzinfo else utc_of(moment.replace(tzinfo=zone))

    @property
    def day(self) -> str:
        """The date alone, as ``YYYY-MM-DD``."""
        return self.text[:10]

    def __str__(self) -> str:
        return self.text
