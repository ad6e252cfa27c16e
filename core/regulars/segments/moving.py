"""A segment is still, or it moves: whether somebody may come or go without having changed."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from regulars.customers.groups import BY_TIME
from regulars.playbook.conditions import (
    Comparison,
    InSegment,
    NotPerformed,
    PluginCondition,
    ScoreCondition,
)
from regulars.playbook.walking import conditions_of

if TYPE_CHECKING:
    from regulars.playbook.conditions import Condition
    from regulars.playbook.playbook import Playbook


class Motion(IntEnum):
    """What a segment has to be evaluated for.

    ``STILL``: for customers whose row of traits was written anew, which it is with every change of
    what is known of them. ``BY_CLOCK``: for everybody at another instant, since it compares with
    the clock. ``ALWAYS``: for everybody, because of scores, which each run gives anew, or of a
    plugin, of which nobody knows what it looks at.
    """

    STILL = 0
    BY_CLOCK = 1
    ALWAYS = 2


def motion(playbook: Playbook, segment: str) -> Motion:
    """How ``segment`` moves, with the segments that it refers to."""
    return _motion(playbook, segment, {})


def _motion(playbook: Playbook, segment: str, known: dict[str, Motion]) -> Motion:
    if segment not in known:
        known[segment] = Motion.STILL  # until it is known; none refers to itself
        inner = conditions_of(playbook.segments[segment], ())
        known[segment] = max(_of(playbook, condition, known) for _, condition in inner)
    return known[segment]


def _of(playbook: Playbook, condition: Condition, known: dict[str, Motion]) -> Motion:
    if isinstance(condition, PluginCondition | ScoreCondition):
        return Motion.ALWAYS
    if isinstance(condition, InSegment):
        return _motion(playbook, condition.segment, known)
    # What event conditions count, windows and all, is a trait: it changes with the customer.
    if isinstance(condition, Comparison) and not isinstance(condition, NotPerformed):
        return Motion.BY_CLOCK if BY_TIME & set(condition.words()) else Motion.STILL
    return Motion.STILL
