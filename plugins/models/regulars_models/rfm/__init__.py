"""How recently, how often, for how much: from 1 to 5, and what a customer is called by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``rfm``."""
    from .kind import RFM  # noqa: PLC0415 (only when a playbook is read)

    return [RFM]
