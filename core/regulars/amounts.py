"""Amounts: numbers that are summed are kept as whole millionths, so that sums don't drift."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

SCALE = 1_000_000
LIMIT = 9_000_000_000  # units an event; a thousand of them still sum up within BIGINT
_EXACT = Decimal(1)


def millionths(value: float | str | Decimal) -> int:
    """``value`` in whole millionths, rounded half to even.

    Raises:
        ValueError: it is no plain finite number, or too large to be summed.
    """
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    if abs(number) > LIMIT:
        raise ValueError(f"{value!r} is larger than {LIMIT:,}")
    return int((number * SCALE).quantize(_EXACT, rounding=ROUND_HALF_EVEN))
