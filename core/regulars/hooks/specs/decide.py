"""Decide: what a plugin may say about one customer and one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks.kinds import Outgoing, RunInfo


@hookspec
def regulars_may_send(message: Outgoing, customer: Mapping[str, Any], run: RunInfo) -> str | None:
    """Say why a message may not be sent, or None."""


@hookspec
def regulars_enrich(customer: Mapping[str, Any], run: RunInfo) -> Mapping[str, Any] | None:
    """Tell more about a customer to the templates."""


@hookspec
def regulars_prepare(message: Outgoing, run: RunInfo) -> Outgoing | None:
    """Change a rendered message just before it is sent."""
