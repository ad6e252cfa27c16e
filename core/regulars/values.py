"""The small values of the language: names, durations, percentages, distances."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import StringConstraints
from pydantic_core import core_schema

from regulars.instants import DAY

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
_UNITS |= {"d": DAY, "w": 7 * DAY}
DIGITS = 5  # of a duration


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
        match = re.fullmatch(r"(-?[0-9]+)(mo|[smhdwy])", str(text))
        if match is None or not isinstance(text, str):
            raise ValueError(f"{text!r} is not a duration; write 90d, 2h, 15m, 30s, 6w, 3mo or 1y")
        if len(match[1].removeprefix("-")) > DIGITS:
            raise ValueError(f"{text!r} has too many digits; five are the most: try a longer unit")
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
        day = min(local.day, monthrange(year, month + 1)[1])
        return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)

    def before(self, end: datetime, zone: ZoneInfo) -> datetime:
        """The instant this long before ``end``; see ``after``."""
        return Duration(-self.months, -self.micros).after(end, zone)

    @property
    def days(self) -> int:
        """Whole days, for dates; months count as 30 days."""
        return self.micros // DAY + 30 * self.months

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


@dataclass(frozen=True)
class Percentage(Written):
    """A share, written ``5%``; ``share`` is 0.05."""

    share: float

    pattern = r"^\d+(\.\d+)?%$"

    @classmethod
    def parse(cls, text: object) -> Self:
        """The share that ``text`` writes."""
        match = re.fullmatch(r"(\d+(?:\.\d{1,9})?)%", str(text))
        if match is None:
            raise ValueError(f"{text!r} is not a percentage; write it as 5% or 12.5%")
        if float(match[1]) > 100:  # noqa: PLR2004 (it is a percentage)
            raise ValueError(f"{text!r} is too much; 100% is the most")
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


def jsonable(value: Any) -> Any:
    """``value`` with every written value back in its text form, for hashing and printing."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value
