"""Failures: what went wrong in a template, with its file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.utils import missing

from regulars.errors import RegularsError
from regulars.playbook.suggestions import unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

_NO_SUCH = re.compile(r"No (filter|test) named '(.*?)'")


class RenderError(RegularsError):
    """One message can't be rendered for one customer; nothing of it may be sent.

    ``line`` counts from 1 inside ``file``, 0 where no line is known. ``file`` names the
    playbook and the place in it for a text that is written there.
    """

    def __init__(self, file: str, line: int, reason: str) -> None:
        self.file = file
        self.line = line
        self.reason = reason
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {reason}")


class Missing(StrictUndefined):
    """A name that nobody gave: using it in any way fails, and says so in plain words."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = self._undefined_name
        if self._undefined_obj is missing:
            return f"unknown name {name!r}"
        if self._undefined_obj is None:
            return f"{name!r} is asked of something that is unknown for this customer"
        known = self._undefined_obj if isinstance(self._undefined_obj, dict) else ()
        return unknown("name", str(name), [str(one) for one in known])


def render_error(file: str, error: Exception) -> RenderError:
    """``error``, raised while ``file`` was rendered, as what its author needs to know."""
    return RenderError(file, _line(error.__traceback__), _reason(error))


def syntax_error(file: str, error: Exception, known: Mapping[str, Iterable[str]]) -> RenderError:
    """``error``, raised while ``file`` was read, as what its author needs to know.

    ``known`` are the names of filters and tests that there are.
    """
    line = error.lineno if isinstance(error, TemplateSyntaxError) else 0
    missing_one = _NO_SUCH.match(str(error))
    if missing_one is None:
        return RenderError(file, line, _reason(error))
    noun, name = missing_one.groups()
    return RenderError(
        file, line, unknown(noun, name, [one for one in known[noun] if one[0].isalpha()])
    )


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it goes too deep: a macro calls itself without end, or too much is nested"
    if isinstance(error, ZeroDivisionError):
        return "it divides by zero"
    text = " ".join(str(getattr(error, "message", None) or error).split())
    return text or f"it fails with {type(error).__name__}"


def _line(traceback: TracebackType | None) -> int:
    """The line of the innermost template in ``traceback``."""
    line = 0
    while traceback is not None:
        template: Any = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line
