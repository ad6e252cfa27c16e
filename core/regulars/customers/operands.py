"""Operands: what a comparison word's value is for a column of the store.

A playbook may write any number, text or time; what a column can never hold becomes None, and a
comparison with it is false. Numbers are compared exactly: 0.1 is one tenth, not its binary
neighbour.
"""

from __future__ import annotations

import math
import sys
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from regulars.instants import DAY, micros
from regulars.playbook.times import LocalTime

if TYPE_CHECKING:
    from regulars.hooks.kinds import Moment
    from regulars.values import Duration

LARGEST = 2**63 - 1


def exact(value: object, scale: int = 1) -> Fraction | None:
    """``value`` times ``scale``, exactly; infinities become numbers beyond every column."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return Fraction(value * scale)
    if math.isnan(value):
        return None
    if math.isinf(value):
        return Fraction(int(math.copysign(1, value)) * 10**400)
    return Fraction(repr(value)) * scale


def floor(number: Fraction) -> int:
    """The largest whole number not above ``number`` that a BIGINT can hold."""
    return max(-LARGEST, min(LARGEST, math.floor(number)))


def ceiling(number: Fraction) -> int:
    """The smallest whole number not below ``number`` that a BIGINT can hold."""
    return max(-LARGEST, min(LARGEST, math.ceil(number)))


def whole(number: Fraction) -> int | None:
    """``number`` if it is whole and a BIGINT can hold it."""
    fits = number.denominator == 1 and abs(number.numerator) <= LARGEST
    return number.numerator if fits else None


def double(number: Fraction) -> float:
    """The nearest double; beyond them the outermost one."""
    try:
        return float(number)
    except OverflowError:
        return sys.float_info.max if number > 0 else -sys.float_info.max


def storable(value: object) -> str | None:
    """``value`` if it is a text that every database can hold."""
    if not isinstance(value, str) or "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return None
    return value


def local_time(value: object) -> LocalTime | None:
    """The local time that ``value`` is or writes."""
    if isinstance(value, LocalTime):
        return value
    try:
        return LocalTime.parse(value)
    except ValueError:
        return None


def instant_of(value: LocalTime, moment: Moment) -> int:
    """Microseconds of a local time in the playbook's zone; a bare date is its midnight."""
    try:
        return micros(value.at(moment.zone))
    except OverflowError:  # within a day of the ends of the calendar
        return micros(datetime.fromisoformat(value.text).replace(tzinfo=UTC))


def window_start(duration: Duration, moment: Moment) -> int:
    """Microseconds of the instant that long before now; the calendar's first if it is before."""
    return micros(duration.before(moment.now, moment.zone))


def window_end(duration: Duration, moment: Moment) -> int:
    """Microseconds of the instant that long after now; the calendar's last if it is after."""
    return micros(duration.after(moment.now, moment.zone))


def today(moment: Moment) -> date:
    """The day it is in the playbook's zone."""
    return moment.now.astimezone(moment.zone).date()


def day_before(duration: Duration, moment: Moment) -> date:
    """The day that long before today: hours count as a started day, months by the calendar."""
    try:
        if duration.months:
            return duration.before(_noon(moment), moment.zone).astimezone(moment.zone).date()
        return today(moment) - _days(duration)
    except (ValueError, OverflowError):
        return date.min


def day_after(duration: Duration, moment: Moment) -> date:
    """The day that long after today; see ``day_before``."""
    try:
        if duration.months:
            return duration.after(_noon(moment), moment.zone).astimezone(moment.zone).date()
        return today(moment) + _days(duration)
    except (ValueError, OverflowError):
        return date.max


def _days(duration: Duration) -> timedelta:
    return timedelta(days=-(-duration.micros // DAY))


def _noon(moment: Moment) -> datetime:
    """Noon is never skipped by a clock change."""
    return datetime.combine(today(moment), datetime.min.time(), moment.zone).replace(hour=12)
