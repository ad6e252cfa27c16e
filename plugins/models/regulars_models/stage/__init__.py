"""The stage of a customer: aware, considering, buying, staying, loyal, by rules of the playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``stage``."""
    from .kind import STAGE  # noqa: PLC0415 (only when a playbook is read)

    return [STAGE]
