"""Watch: what a plugin is told, and can't change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks.kinds import Outgoing, Receipt, RunInfo


@hookspec
def regulars_run_started(run: RunInfo) -> None:
    """A run begins."""


@hookspec
def regulars_sent(message: Outgoing, receipt: Receipt, run: RunInfo) -> None:
    """A provider accepted a message."""


@hookspec
def regulars_refused(message: Outgoing, reason: str, run: RunInfo) -> None:
    """A message was not sent, and why."""


@hookspec
def regulars_run_finished(run: RunInfo, summary: Mapping[str, Any]) -> None:
    """A run ended; ``summary`` is what ``regulars run --json`` prints."""
