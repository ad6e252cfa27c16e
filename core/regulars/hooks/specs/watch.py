"""Watch: what a plugin is told, and can't change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks.kinds import Outgoing, Receipt, RunInfo


@hookspec
def regulars_run_started(run: RunInfo) -> None:
    """Hear that a run begins.

    Example:
        import logging

        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_run_started(run):
            logging.getLogger("journal").warning("%s begins at %s", run.playbook, run.at)
    """


@hookspec
def regulars_sent(message: Outgoing, receipt: Receipt, run: RunInfo) -> None:
    """Hear that a provider accepted a message.

    Example:
        import logging

        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_sent(message, receipt):
            logging.getLogger("journal").warning("%s is %s", message.key, receipt.id)
    """


@hookspec
def regulars_refused(message: Outgoing, reason: str, run: RunInfo) -> None:
    """Hear that a message was not sent, and why.

    Example:
        import logging

        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_refused(message, reason):
            logging.getLogger("journal").warning("%s: %s", message.customer, reason)
    """


@hookspec
def regulars_run_finished(run: RunInfo, summary: Mapping[str, Any]) -> None:
    """Hear that a run ended; ``summary`` is what ``regulars run --json`` prints.

    Example:
        import logging

        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_run_finished(run, summary):
            sent = summary["decisions"]["sent"]
            logging.getLogger("journal").warning("%s sent %s messages", run.playbook, sent)
    """
