"""What to recommend to a customer: a list of items, by what they and others bought.

- ``kind``: what a playbook says after ``use: recommend``
- ``purchases``: events as purchases of numbered items; ``catalogue``: what is on offer
- ``methods`` → ``neighbours``, ``factors``, ``content``: how much each customer is drawn to each
  item; ``picking`` takes the first few of them, and ``exploring`` puts others in between
- ``fitting`` and ``scoring`` string these together; ``comparing`` holds every method against what
  was bought last
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``recommend``."""
    from .kind import RECOMMEND  # noqa: PLC0415 (only when a playbook is read)

    return [RECOMMEND]
