"""Clusters: groups of customers that the data itself falls into, named by what sets them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``clusters``."""
    from .kind import CLUSTERS  # noqa: PLC0415 (only when a playbook is read)

    return [CLUSTERS]
