"""Circles: segments that are made of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from regulars.errors import Problem
from regulars.playbook.conditions import InSegment
from regulars.playbook.draft import Draft
from regulars.playbook.walking import conditions_of

MOST = 20  # circles that are told at once


def check_circles(draft: Draft) -> Iterator[Problem]:
    """A problem for each circle, at the segment in it that stands first in the file."""
    uses = _uses(draft)
    order = {name: place for place, name in enumerate(draft.declared("segments"))}
    for _ in range(MOST):
        circle = _circle(uses)
        if circle is None:
            return
        first = min(circle, key=order.__getitem__)
        at = circle.index(first)
        round_ = [*circle[at:], *circle[:at]]
        reason = f"circle: {' → '.join([*round_, first])}"
        yield draft.document.problem(("segments", first), reason, key=True)
        uses[first].discard(round_[1] if len(round_) > 1 else first)


def _uses(draft: Draft) -> dict[str, set[str]]:
    return {
        name: {
            part.segment
            for _, part in conditions_of(condition, ("segments", name))
            if isinstance(part, InSegment) and part.segment in draft.parts["segments"]
        }
        for name, condition in draft.parts["segments"].items()
    }


def _circle(uses: dict[str, set[str]]) -> list[str] | None:
    """The segments of one circle, each using the next; None when there is none."""
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        *circle, _ = error.args[1]  # each stands before the one that uses it; the first ends it
        return [*reversed(circle)]
    return None
