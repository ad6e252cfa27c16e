"""Decide: what a plugin may say about one customer and one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks.kinds import Outgoing, RunInfo


@hookspec
def regulars_may_send(message: Outgoing, customer: Mapping[str, Any], run: RunInfo) -> str | None:
    """Say why a message may not be sent, or None. A plugin that fails here refuses.

    It is asked right before sending, about every message, from several threads at once.

    Example:
        from regulars.hooks import hookimpl

        SUNDAY = 6


        @hookimpl
        def regulars_may_send(message, run):
            if message.medium == "text" and run.at.weekday() == SUNDAY:
                return "no text messages on Sundays"
            return None
    """


@hookspec
def regulars_enrich(customer: Mapping[str, Any], run: RunInfo) -> Mapping[str, Any] | None:
    """Tell templates more about a customer; what is known already can't be replaced.

    Of a plugin that fails here the values are absent, and a template that needs them fails.

    Example:
        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_enrich(customer):
            name = customer.get("first_name")
            return {"initial": name[0]} if name else None
    """


@hookspec
def regulars_prepare(message: Outgoing, run: RunInfo) -> Outgoing | None:
    """Change what a rendered message says just before it is sent, or return None.

    Its key, address, customer, message, medium and time can't be changed. When a plugin fails
    here, the message is not sent.

    Example:
        from dataclasses import replace

        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_prepare(message, run):
            if message.medium != "email":
                return None
            return replace(message, headers={**message.headers, "X-Campaign": run.playbook})
    """
