"""Turn first-time buyers into regulars: customer engagement from one reviewed playbook.

What is in ``__all__`` here and in ``regulars.hooks`` is the public API; the rest may change.
Names are loaded on first use, so that the command line starts fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .errors import (
    BusyError,
    PermanentError,
    PlaybookError,
    PluginError,
    Problem,
    RegularsError,
    SourceError,
    StoreError,
    TemporaryError,
    UnknownOutcome,
)

if TYPE_CHECKING:
    from .hooks import Plugins, hookimpl
    from .playbook.playbook import Playbook

    __version__: str

__all__ = [
    "BusyError",
    "PermanentError",
    "Playbook",
    "PlaybookError",
    "PluginError",
    "Plugins",
    "Problem",
    "RegularsError",
    "SourceError",
    "StoreError",
    "TemporaryError",
    "UnknownOutcome",
    "__version__",
    "hookimpl",
]

_HOMES = {
    "Playbook": "regulars.playbook.playbook",
    "Plugins": "regulars.hooks",
    "hookimpl": "regulars.hooks",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 (few ask, and it is slow)

        return version("regulars")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
