"""Turn first-time buyers into regulars: customer engagement from one reviewed playbook.

    loaded = regulars.load_playbook(Path("playbook.yaml"))
    summary = regulars.run(loaded, datetime.now(UTC))

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
    from .playbook.loading import Loaded
    from .playbook.playbook import Playbook
    from .runs.loading import load_playbook
    from .runs.run import plan, run
    from .runs.summary import Summary

    __version__: str

__all__ = [
    "BusyError",
    "Loaded",
    "PermanentError",
    "Playbook",
    "PlaybookError",
    "PluginError",
    "Plugins",
    "Problem",
    "RegularsError",
    "SourceError",
    "StoreError",
    "Summary",
    "TemporaryError",
    "UnknownOutcome",
    "__version__",
    "hookimpl",
    "load_playbook",
    "plan",
    "run",
]

_HOMES = {
    "Loaded": "regulars.playbook.loading",
    "Playbook": "regulars.playbook.playbook",
    "Plugins": "regulars.hooks",
    "Summary": "regulars.runs.summary",
    "hookimpl": "regulars.hooks",
    "load_playbook": "regulars.runs.loading",
    "plan": "regulars.runs.run",
    "run": "regulars.runs.run",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from .version import version  # noqa: PLC0415 (few ask, and it is slow)

        return version()
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
