"""Retention: how long what customers did is kept."""

from __future__ import annotations

from typing import Literal

from .parts import Part
from .values import PositiveDuration


class Retention(Part):
    """Events older than ``events`` are rolled up into one a month, or dropped."""

    events: PositiveDuration
    then: Literal["drop", "roll_up"] = "drop"
