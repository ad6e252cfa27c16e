"""Engagement: how much a customer has to do with the shop, from 0 to 100, fading with time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``engagement``."""
    from .kind import ENGAGEMENT  # noqa: PLC0415 (only when a playbook is read)

    return [ENGAGEMENT]
