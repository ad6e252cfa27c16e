"""The small values of the language: names, durations, percentages, distances, times of day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import StringConstraints
from pydantic_core import core_schema

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

NAME = r"^[a-z][a-z0-9_-]*$"

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=80)]


class Written:
    """A value that is written as text in the playbook and parsed by ``parse``."""

    pattern = ""

    @classmethod
    def parse(cls, text: object) -> Self:
        """The value that ``text`` writes; ``ValueError`` says how it is written."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": cls.pattern}


_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)  # of the calendar, as every zone can show it
_END = datetime(9999, 12, 30, tzinfo=UTC)

_UNITS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000}
_UNITS |= {"d": 24 * _UNITS["h"], "w": 7 * 24 * _UNITS["h"]}


@dataclass(frozen=True)
class Duration(Written):
    """A length of time: ``90d``, ``2h``, ``15m``, ``30s``, ``6w``; ``3mo``, ``1y`` by calendar.

    ``months`` are calendar steps, ``micros`` are exact microseconds.
    """

    months: int = 0
    micros: int = 0

    pattern = r"^-?\d+(s|m|h|d|w|mo|y)$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The duration that ``text`` writes."""
        match = re.fullmatch(r"(-?\d{1,5})(mo|[smhdwy])", str(text))
        if match is None or not isinstance(text, str):
            raise ValueError(f"{text!r} is not a duration; write 90d, 2h, 15m, 30s, 6w, 3mo or 1y")
        count, unit = int(match[1]), match[2]
        if unit == "mo":
            return cls(months=count)
        if unit == "y":
            return cls(months=12 * count)
        return cls(micros=count * _UNITS[unit])

    def after(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The instant this long after ``start``; calendar steps keep the local time in ``zone``.

        A day that the month doesn't have becomes its last day. What lies beyond the calendar is
        its end, or its beginning.
        """
        try:
            end = self._within_calendar(start, zone)
        except (ValueError, OverflowError):
            return _BEGINNING if self.months < 0 or self.micros < 0 else _END
        return max(_BEGINNING, min(end, _END))

    def _within_calendar(self, start: datetime, zone: ZoneInfo) -> datetime:
        if not self.months:
            return start + timedelta(microseconds=self.micros)
        local = start.astimezone(zone)
        month = local.year * 12 + local.month - 1 + self.months
        year, month = divmod(month, 12)
        day = min(local.day, days_in_month(year, month + 1))
        return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)

    def before(self, end: datetime, zone: ZoneInfo) -> datetime:
        """The instant this long before ``end``; see ``after``."""
        return Duration(-self.months, -self.micros).after(end, zone)

    @property
    def days(self) -> int:
        """Whole days, for dates; months count as 30 days."""
        return self.micros // _UNITS["d"] + 30 * self.months

    def __str__(self) -> str:
        if self.months:
            return f"{self.months // 12}y" if self.months % 12 == 0 else f"{self.months}mo"
        for unit in ("w", "d", "h", "m"):
            if self.micros % _UNITS[unit] == 0:
                return f"{self.micros // _UNITS[unit]}{unit}"
        return f"{self.micros // _UNITS['s']}s"


class PositiveDuration(Duration):
    """A duration above zero: a window, a gap, a limit."""

    @classmethod
    def parse(cls, text: object) -> Self:
        """The duration that ``text`` writes, if it is longer than zero."""
        duration = super().parse(text)
        if duration.months <= 0 and duration.micros <= 0:
            raise ValueError(f"{text!r} must be longer than zero")
        return duration


def days_in_month(year: int, month: int) -> int:
    """How many days ``month`` (1 to 12) of ``year`` has."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


@dataclass(frozen=True)
class Percentage(Written):
    """A share, written ``5%``; ``share`` is 0.05."""

    share: float

    pattern = r"^\d+(\.\d+)?%$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The share that ``text`` writes."""
        match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,9})?)%", str(text))
        if match is None or float(match[1]) > 100:  # noqa: PLR2004 (it is a percentage)
            raise ValueError(f"{text!r} is not a percentage; write it as 5% or 12.5%")
        return cls(float(match[1]) / 100)

    def __str__(self) -> str:
        return f"{self.share * 100:g}%"


_METRES = {"m": 1.0, "km": 1_000.0, "mi": 1_609.344, "ft": 0.3048}


@dataclass(frozen=True)
class Distance(Written):
    """A great-circle distance, written ``3km``, ``500m``, ``2mi``; ``metres`` is a float."""

    metres: float

    pattern = r"^\d+(\.\d+)?(m|km|mi|ft)$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The distance that ``text`` writes."""
        match = re.fullmatch(r"(\d{1,8}(?:\.\d{1,9})?)(km|mi|ft|m)", str(text))
        if match is None:
            raise ValueError(f"{text!r} is not a distance; write it as 3km, 500m or 2mi")
        return cls(float(match[1]) * _METRES[match[2]])

    def __str__(self) -> str:
        return f"{self.metres:g}m"


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


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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


def jsonable(value: Any) -> Any:
    """``value`` with every written value back in its text form, for hashing and printing."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value
