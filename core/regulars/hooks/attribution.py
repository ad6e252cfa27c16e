"""Attribution: whose fault it is, said with name, distribution and version."""

from __future__ import annotations

import importlib.metadata
import os
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePath
from traceback import extract_tb
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from regulars.errors import PluginError, RegularsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LONGEST_REASON = 300
_CORE = f"{PurePath(__file__).parents[1]}{os.sep}"
_OURS = ("<", _CORE, importlib.__file__, importlib.metadata.__file__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from; as text ``twilio (regulars-twilio 1.2)``.

    A loose file's distribution is its path, and it has no version.
    """

    name: str
    distribution: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({f'{self.distribution} {self.version}'.strip()})"


class Fault(Exception):  # noqa: N818 (it is what a plugin did, told to those who load it)
    """What a plugin did wrong, in one sentence; it never leaves ``regulars.hooks``."""


def fenced(
    call: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """What ``call`` returns; whatever it raises becomes a Fault, but for Ctrl-C.

    Plugins may end with SystemExit, and with other exceptions that aren't an Exception (a panic
    in a library written in Rust is one), so all are caught.
    """
    try:
        return call(*args, **kwargs)
    except (Fault, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise Fault(reason(error)) from error


@contextmanager
def blamed(who: str) -> Iterator[None]:
    """A block that calls a plugin; ``who`` is told to have failed, see ``Plugins.blame``.

    Raises:
        PluginError: for whatever is raised in the block, but for Ctrl-C and for what a plugin
            says itself, in an error of regulars.
    """
    try:
        yield
    except (RegularsError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise PluginError(f"the {who} failed: {reason(error)}; report it to its author") from error


def given(what: object, kind: type[Result]) -> Result:
    """``what`` a plugin gave, if that is a ``kind``; TypeError, for ``blamed`` to tell, if not."""
    if not isinstance(what, kind):
        whose = "SQLAlchemy " if kind.__module__.startswith("sqlalchemy") else ""
        raise TypeError(f"it gave {what!r}; return a {whose}{kind.__name__}")
    return what


def reason(error: BaseException) -> str:
    """``error`` in one line: its type, its first line and the place in the plugin's code."""
    try:
        said = str(error).strip().partition("\n")[0][:_LONGEST_REASON]
    except Exception:  # noqa: BLE001 (an exception's own __str__ is the plugin's code too)
        said = ""
    kind = type(error).__name__
    return f"{kind}: {said}{_place(error)}" if said else f"{kind}{_place(error)}"


def _place(error: BaseException) -> str:
    frames = [f for f in extract_tb(error.__traceback__) if not f.filename.startswith(_OURS)]
    return f" ({PurePath(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'twilio'?)`` when one of ``known`` is close to ``name``, else nothing."""
    close = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
