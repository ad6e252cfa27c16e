"""Propensity: how likely it is that an event comes soon, learned from what came after past days.

- ``kind``: what a playbook says after ``use: propensity``
- ``learning``: from what was known at past cut-offs to what scores a customer
- ``regression``: a logistic regression on traits that are made tame
- ``boosting``: boosted trees
- ``calibrating``: probabilities that come as often as they say
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``propensity``."""
    from .kind import PROPENSITY  # noqa: PLC0415 (only when a playbook is read)

    return [PROPENSITY]
