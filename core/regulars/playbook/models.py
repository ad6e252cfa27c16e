"""Models: predictions that write scores of each customer."""

from __future__ import annotations

from regulars.values import PositiveDuration

from .parts import Offered


class Model(Offered):
    """A prediction; its settings are those of its kind. It learns anew every ``refit``."""

    refit: PositiveDuration = PositiveDuration.parse("7d")
