"""Every condition that a playbook writes, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.playbook import walking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.playbook.conditions import Condition
    from regulars.playbook.playbook import Playbook


def conditions_of(playbook: Playbook) -> Iterator[Any]:
    """Every condition of ``playbook``, nested ones too, in the order they are written."""
    parts = {"segments": dict(playbook.segments), "journeys": dict(playbook.journeys)}
    return (condition for _, condition in walking.all_conditions(parts))


def nested(condition: Condition) -> Iterator[Any]:
    """``condition`` and every condition inside it."""
    return (inner for _, inner in walking.conditions_of(condition, ()))
