"""The filters and tests that a template may use; there are no others but plugins'."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateRuntimeError, Undefined
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.tests import TESTS
from jinja2.utils import pass_environment
from markupsafe import Markup, escape

from .dates import date_text, datetime_text, time_text
from .money import money as money_text
from .percents import percent as percent_text
from .urls import url, urlencode
from .work import LONGEST, WORK, TooMuch, checked, counted

if TYPE_CHECKING:
    from .environment import HardenedEnvironment

Plain = Callable[[Any], Any]

UNKNOWN = (
    "a value is unknown for this customer; say what to write instead, as in "
    "{{ customer.first_name or 'Hello' }}"
)

_TAKEN_AS_THEY_ARE = (
    "abs", "capitalize", "count", "first", "float", "int", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort",
    "string", "sum", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
_TESTS = (
    "boolean", "defined", "divisibleby", "eq", "equalto", "even", "false", "float", "ge",
    "greaterthan", "gt", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping",
    "ne", "none", "number", "odd", "sequence", "string", "true", "undefined", "upper",
    "==", "!=", "<", "<=", ">", ">=",
)  # fmt: skip
_PLACES = range(-6, 11)
_LARGE = 50_000  # characters that cost a step more


def tests() -> dict[str, Callable[..., Any]]:
    """The tests that may stand after ``is``."""
    jinja: Mapping[str, Any] = TESTS
    return {name: jinja[name] for name in _TESTS}


def filters() -> dict[str, Callable[..., Any]]:
    """The filters that may stand after ``|``, not yet guarded."""
    jinja: Mapping[str, Any] = FILTERS
    return {name: jinja[name] for name in _TAKEN_AS_THEY_ARE} | {
        "d": default,
        "date": date,
        "datetime": datetime,
        "default": default,
        "join": join,
        "money": money,
        "percent": percent,
        "replace": replace,
        "round": round_,
        "time": time,
        "url": url,
        "urlencode": urlencode,
    }


def guarded(name: str, function: Callable[..., Any], plain: Plain) -> Callable[..., Any]:
    """``function`` with its share of the work taken, its input known and its result bounded.

    ``plain`` makes of a piece of template text the text that a reader would see.
    """
    first = 1 if hasattr(function, "jinja_pass_arg") else 0
    tolerant = name in {"d", "default", "list", "map", "first", "last"}

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        value = args[first] if len(args) > first else ""
        if value is None and not tolerant:
            raise TemplateRuntimeError(UNKNOWN)
        WORK.spend(1 + len(value) // _LARGE if isinstance(value, str) else 1)
        args = tuple([plain(arg) for arg in args])
        return checked(function(*args, **{key: plain(arg) for key, arg in kwargs.items()}))

    return call


def default(value: Any, otherwise: Any = "", empty: bool = False) -> Any:  # noqa: FBT001, FBT002
    """``value``, or ``otherwise`` where it is unknown; with ``empty`` also where it is empty."""
    if value is None or isinstance(value, Undefined) or (empty and not value):
        return otherwise
    return value


@pass_environment
def join(
    environment: HardenedEnvironment, items: Any, between: str = "", attribute: Any = None
) -> str:
    """The ``items`` as one text with ``between`` them."""
    if attribute is not None:
        items = map(make_attrgetter(environment, attribute), items)
    pieces: list[Any] = []
    for item in counted(items):
        pieces += (between, item)
    together: str = environment.joined(pieces[1:])
    return together


def glue(pieces: list[Any]) -> str:
    """``pieces`` as one text; where one is HTML already, the others are escaped.

    Raises:
        TooMuch: it is longer than a message may be.
    """
    if any(isinstance(piece, Markup) for piece in pieces):
        pieces = [escape(piece) for piece in pieces]
    if sum(map(len, pieces)) > LONGEST:
        raise TooMuch(f"it makes a text of more than {LONGEST:,} characters; make it shorter")
    return (type(pieces[0]) if pieces else str)().join(pieces)


def known(value: Any) -> str:
    """``value`` as text.

    Raises:
        TemplateRuntimeError: it is unknown, or a list or mapping that needs a filter first.
    """
    if isinstance(value, str):
        return value
    if value is None:
        raise TemplateRuntimeError(UNKNOWN)
    if isinstance(value, Undefined):
        return str(value)  # it says what is missing
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset | range):
        raise TemplateRuntimeError("a list can't be written as it is; use | join(', ') or a loop")
    if callable(value):
        raise TemplateRuntimeError("it names something to call; put () behind it")
    return str(value)


def _decimal(value: Decimal) -> str:
    """Without the zeros that say nothing: ``120.5``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def replace(text: Any, old: str, new: str, count: int | None = None) -> str:
    """``text`` with every ``old`` become ``new``, or only the first ``count``."""
    written, old, new = known(text), known(old), known(new)
    times = written.count(old) if count is None else min(int(count), written.count(old))
    if len(written) + times * (len(new) - len(old)) > LONGEST:
        raise TooMuch(f"it makes a text of more than {LONGEST:,} characters; make it shorter")
    return written.replace(old, new, times)


def round_(value: Any, places: int = 0, method: str = "common") -> Any:
    """``value`` to ``places`` decimals, an integer without; ``common``, ``ceil`` or ``floor``."""
    if places not in _PLACES:
        raise TemplateRuntimeError(f"{places} decimals are too many; use {max(_PLACES)} at most")
    if method not in {"common", "ceil", "floor"}:
        raise TemplateRuntimeError("a number is rounded common, ceil or floor")
    number = float(value)
    if method != "common":
        step = 10.0**places
        number = getattr(math, method)(number * step) / step
    return round(number, places) if places > 0 else int(round(number, places))


def money(value: Any, currency: str | None = None) -> str:
    """``{{ traits.spend | money }}``: an amount in the playbook's currency, or another."""
    return money_text(value, str(currency or WORK.currency), WORK.locale)


def percent(value: Any, places: int = 0) -> str:
    """``{{ scores.leave.risk | percent }}``: a share as ``24%``, in the customer's language."""
    if places not in range(max(_PLACES) + 1):
        raise TemplateRuntimeError(f"{places} decimals are none; use 0 to {max(_PLACES)}")
    return percent_text(value, places, WORK.locale)


def date(value: Any, pattern: str | None = None) -> str:
    """``{{ traits.last_order | date }}``: the day, in the customer's zone."""
    return date_text(value, WORK.zone, WORK.locale, pattern)


def time(value: Any, pattern: str | None = None) -> str:
    """As in ``{{ now | time }}``, hour and minute in the customer's zone."""
    return time_text(value, WORK.zone, WORK.locale, pattern)


def datetime(value: Any, pattern: str | None = None) -> str:
    """Day and time in the customer's zone; ``pattern`` is written ``%d %B %Y``."""
    return datetime_text(value, WORK.zone, WORK.locale, pattern)
