"""The model ``churn``: how likely a customer is to leave, and when half of such customers are gone.

- ``kind``: what a playbook says after ``use: churn``, for subscriptions and for shops
- ``standing``: who can still leave, at any instant; ``rows``: that at past cut-offs, with what came
- ``design``: inputs as columns of a regression
- ``hazard``, ``weibull``, ``kaplan_meier``: the three methods, each a law of leaving
- ``fitting``, ``scoring``: from data to what is learned, and from that to scores and reasons
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``churn``."""
    from .kind import CHURN  # noqa: PLC0415 (only when a playbook is read)

    return [CHURN]
