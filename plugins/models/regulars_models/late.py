"""Late: what calculates is loaded when it is called; a playbook is to be checked in no time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def late(module: str, name: str) -> Callable[..., Any]:
    """The function ``name`` of ``module``, which is imported when it is called."""

    def call(*given: Any) -> Any:
        return getattr(import_module(module), name)(*given)

    return call
