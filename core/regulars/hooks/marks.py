"""The marks that tie a plugin's functions to the hooks of regulars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pluggy

PROJECT = "regulars"

Function = TypeVar("Function", bound=Callable[..., Any])

hookspec = pluggy.HookspecMarker(PROJECT)
_implements = pluggy.HookimplMarker(PROJECT)


def hookimpl(function: Function) -> Function:
    """Mark ``function`` as a plugin's own version of the hook whose name it has.

    It takes those of the hook's arguments that it needs, by their names.
    """
    return _implements(function)
