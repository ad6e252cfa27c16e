"""Slow segments: which of them take the time, and what would help."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from .moving import for_everybody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.store import Store

    from .scope import Scope

SLOW = 30.0  # seconds that a segment may take without a word
ONE_IN = 50  # customers whom the segments are tried on, to share out what all took together
MAY_HAVE_MOVED = "a next run looks at it for those alone who may have moved"
EVERYBODY = (
    "it has a score or a plugin's condition, so everybody is looked at in every run; see with "
    "--profile whether it is these that take the time"
)


def slow_segments(store: Store, scope: Scope, seconds: float) -> dict[str, str]:
    """What would help each segment that took more than 30 s of the ``seconds`` of all."""
    if seconds <= SLOW:
        return {}
    shares = dict(_shares(store, scope))
    whole = sum(shares.values())
    took = {name: seconds * share / whole for name, share in shares.items()}
    return {
        name: f"about {each:,.0f} s; {_helps(scope, name)}"
        for name, each in sorted(took.items(), key=lambda pair: -pair[1])
        if each > SLOW
    }


def _helps(scope: Scope, segment: str) -> str:
    return EVERYBODY if for_everybody(scope.playbook, segment) else MAY_HAVE_MOVED


def _shares(store: Store, scope: Scope) -> Iterator[tuple[str, float]]:
    """How long each segment takes for a few of the customers, in seconds."""
    few = scope.customer % ONE_IN == 0
    with store.reading() as connection:
        for name, condition in scope.playbook.segments.items():
            query = select(func.count()).select_from(scope.people)
            began = perf_counter()
            connection.scalar(query.where(few, scope.condition(condition)))
            yield name, perf_counter() - began
