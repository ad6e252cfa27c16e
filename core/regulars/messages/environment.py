"""The environments that templates run in: sandboxed, immutable, bounded.

``html`` escapes what it writes; ``text`` doesn't. In both, data loses the control characters that
no reader sees. ``markdown.py`` has the third.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import GeneratorType, ModuleType
from typing import Any

from jinja2 import TemplateRuntimeError, Undefined, nodes
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from .failures import Missing
from .filters import filters, glue, guarded, known, tests
from .grammar import BUILT, COUNTED, JOINED, Grammar
from .work import LONGEST, WORK, TooMuch, bounded, built, counted

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MOST_BITS = 256
_LONGEST_RANGE = 1000

_OF_MAPPINGS = {"get", "items", "keys", "values"}

# The attributes that a template may ask of what Python brings along; of other objects, all that
# are public.
_ATTRIBUTES: tuple[tuple[type | tuple[type, ...], set[str]], ...] = (
    (Markup, set()),
    (str, {
        "capitalize", "count", "endswith", "find", "isalpha", "isdigit", "lower", "lstrip",
        "removeprefix", "removesuffix", "rstrip", "split", "splitlines", "startswith", "strip",
        "title", "upper",
    }),
    (Mapping, _OF_MAPPINGS),
    ((list, tuple), {"count", "index"}),
    (date, {
        "date", "day", "hour", "isoformat", "isoweekday", "minute", "month", "second", "weekday",
        "year",
    }),
    (timedelta, {"days", "seconds", "total_seconds"}),
    ((int, float, Decimal, bytes, type, ModuleType, GeneratorType, Macro), set()),
)  # fmt: skip


class HardenedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja without what a message doesn't need: no files, no code, no endless work."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    concat = staticmethod(bounded)
    in_html = False

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(
            autoescape=autoescape,
            undefined=Missing,
            finalize=self.write,
            optimized=False,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=0,
        )
        self.policies["truncate.leeway"] = 0  # as long as it says
        self.globals = {"range": short_range}
        self.tests: dict[str, Callable[..., Any]] = tests()  # type: ignore[assignment]
        self.filters: dict[str, Callable[..., Any]] = filters()

    def close(self, extend: Callable[[Any], None] | None = None) -> None:
        """Let plugins ``extend`` the environment; then guard every filter that it has."""
        own = set(self.filters)
        if extend is not None:
            extend(self)
        self.filters = {
            name: guarded(name, function if name in own else self.foreign(function), self.plain)
            for name, function in self.filters.items()
        }
        self.filters |= {
            COUNTED: looped,
            BUILT: built,
            JOINED: self.joined,
        }

    # ------------------------------------------------------------ what differs

    def write(self, value: Any) -> Any:
        """``value`` as it is put into the output."""
        if type(value) is str:
            return visible(value)
        return value if isinstance(value, Markup) else visible(known(value))

    def joined(self, pieces: list[Any]) -> str:
        """What ``a ~ b`` gives."""
        WORK.spend()
        return glue([known(piece) for piece in pieces])

    def plain(self, value: Any) -> Any:
        """A piece of the template's own text as a filter may see it."""
        return value

    def foreign(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A plugin's filter as this environment calls it."""
        return function

    # ------------------------------------------------------------ what Jinja asks

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        parsed: nodes.Template = Grammar(name, html=self.in_html).visit(template)
        return parsed

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Of a mapping its own key before a method of that name: ``event.items``."""
        if type(obj) is dict or isinstance(obj, Mapping):  # the first is quick, and nearly always
            try:
                return obj[attribute]
            except KeyError:
                if attribute not in _OF_MAPPINGS:
                    return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Of a mapping only its keys."""
        if isinstance(obj, Mapping):
            try:
                return obj[argument]
            except (KeyError, TypeError):
                return self.undefined(obj=obj, name=argument)
        return super().getitem(obj, argument)

    def wrap_str_format(self, value: Any) -> None:
        """``format`` is no attribute that a text has here, so there is nothing to wrap."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may ask ``obj`` for ``attr``."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        for kinds, names in _ATTRIBUTES:
            if isinstance(obj, kinds):
                return attr in names
        return isinstance(obj, LoopContext) or not callable(obj)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Every call takes a step."""
        WORK.spend()
        result = super().call(context, obj, *args, **kwargs)
        return result if isinstance(obj, Macro | BlockReference) else self.called(result)

    def called(self, result: Any) -> Any:
        """What something that isn't the template's own gave back."""
        return result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """``+``, ``*``, ``**`` and ``%`` stay within what a message needs."""
        WORK.spend()
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)  # it says what is missing
            if side is None:
                known(side)
        if isinstance(left, int | float | Decimal) and isinstance(right, int | float | Decimal):
            left, right = _same_kind(left, right)
            _refuse_giants(operator, left, right)
            return super().call_binop(context, operator, left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return self.joined([left, right])
        if operator == "*" and isinstance(left, str) and isinstance(right, int):
            if len(left) * right > LONGEST:
                raise TooMuch(f"it makes a text of more than {LONGEST:,} characters")
            return self.plain(left) * right
        raise TemplateRuntimeError(f"{operator} is for numbers; use ~ to put texts together")


class HtmlEnvironment(HardenedEnvironment):
    """Where HTML is written: data is escaped, links from data are checked."""

    in_html = True

    def __init__(self) -> None:
        super().__init__(autoescape=True)


class TextEnvironment(HardenedEnvironment):
    """Where plain text is written: subjects, texts, fields."""

    def __init__(self) -> None:
        super().__init__(autoescape=False)


def visible(text: str) -> str:
    """``text`` without control characters; line breaks and tabs stay."""
    if text.isprintable() or _UNSEEN.search(text) is None:
        return text
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def looped(items: Any) -> Any:
    """``items`` for a loop; what is unknown for a customer has none, not even no items."""
    if items is None:
        known(items)
    return counted(items)


def one_line(text: str) -> str:
    """``text`` on one line, for a subject: without control characters, blanks made one."""
    return " ".join(visible(text).split())


def short_range(*bounds: int) -> range:
    """Python's range, of at most 1,000 numbers."""
    numbers = range(*bounds)
    if len(numbers) > _LONGEST_RANGE:
        raise TooMuch(f"a range has at most {_LONGEST_RANGE:,} numbers")
    return numbers


def _same_kind(left: Any, right: Any) -> tuple[Any, Any]:
    """Amounts are exact; beside one, a number written in the template is read as it is written."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(str(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    return left, right


def _refuse_giants(operator: str, left: Any, right: Any) -> None:
    if not (isinstance(left, int) and isinstance(right, int)):
        return
    if operator == "*":
        bits = left.bit_length() + right.bit_length()
    elif operator == "**":
        bits = left.bit_length() * max(right, 0)
    else:
        return
    if bits > _MOST_BITS:
        raise TooMuch("it makes a number that no message needs")
