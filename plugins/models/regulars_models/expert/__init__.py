"""Expert: what people know of their customers, written as rules, until the data know better.

- ``rules``: what a playbook says after ``rules:``, as columns that hold or don't
- ``kind``: what it says after ``use: expert``
- ``blending`` → ``learning``: the rules' log-odds as a prior that data takes over from
- ``doubts``: where the data disagree with a rule, in words
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks import ModelKind


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``expert``."""
    from .kind import EXPERT  # noqa: PLC0415 (only when a playbook is read)

    return [EXPERT]
