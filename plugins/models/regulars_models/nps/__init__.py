"""Net promoter score: who would recommend the shop, by what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``nps``."""
    from .kind import NPS  # noqa: PLC0415 (only when a playbook is read)

    return [NPS]
