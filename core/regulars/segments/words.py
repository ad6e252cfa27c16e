"""Words: what the store and a playbook hold, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.customers.lists import items_of
from regulars.customers.profiles import in_units
from regulars.instants import DAY, instant

if TYPE_CHECKING:
    from decimal import Decimal

    from regulars.values import Duration

LONGEST = 60  # characters of a text that is shown
WHOLE = 10_000  # from here on nobody reads what is behind the point
LEAST = 1e-4  # nobody reads less


def value_in_words(value: Any, type_: str, scale: int = 1) -> str:
    """A stored value as a person reads it; times are UTC, amounts have two digits or more."""
    if value is None:
        return "unknown"
    match type_:
        case "time":
            return time_in_words(value)
        case "boolean":
            return str(bool(value)).lower()
        case "amount" | "number" if scale > 1:
            return amount_in_words(in_units(value))
        case "number" | "integer":
            return str(int(value)) if value == int(value) else number_in_words(value)
    return _text(", ".join(items_of(value)) if type_ == "list" else str(value))


def number_in_words(value: float) -> str:
    """A number that is no count, such as a score: four digits that matter."""
    if 0 < abs(value) < LEAST:
        return "almost 0"
    return f"{value:,.4g}" if abs(value) < WHOLE else f"{value:,.0f}"


def span_in_words(duration: Duration) -> str:
    """A duration, whole weeks as days: most playbooks say 7d and 14d."""
    days, rest = divmod(duration.micros, DAY)
    return str(duration) if duration.months or rest else f"{days}d"


def time_in_words(value: int) -> str:
    """Microseconds as a time in UTC, to the minute where that is exact."""
    at = instant(value)
    return f"{at:%Y-%m-%d %H:%M}" if at.second == 0 else f"{at:%Y-%m-%d %H:%M:%S}"


def days_ago_in_words(days: float) -> str:
    """How long ago something was, or how far ahead it is where ``days`` are below 0."""
    whole = round(days)
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    return near.get(whole, f"{whole:,} days ago" if whole > 0 else f"in {-whole:,} days")


def _text(value: str) -> str:
    cut = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    return cut if cut.strip() == cut != "" else f"'{cut}'"


def amount_in_words(units: Decimal) -> str:
    """An amount with two digits or more behind the point: 20.00, 0.125."""
    digits = f"{units:.6f}"
    return digits[:-4] + digits[-4:].rstrip("0")
