"""The model ``purchase-rhythm``: when a customer comes next, by their own habit.

- ``kind``: what a playbook says after ``use: purchase-rhythm``, and what it gets
- ``clock``: what the customers' own calendars and clocks show
- ``past`` → ``habit``: the days on which each came as gaps, weekdays and hours; what these tell of
  one customer, shrunk to what ``learning`` found of all
- ``foreseeing``: the next order, and how unusual the present gap is
- ``testing``: how often the day was right, on orders that were held back; ``reasons`` for one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``purchase-rhythm``."""
    from .kind import RHYTHM  # noqa: PLC0415 (only when a playbook is read)

    return [RHYTHM]
