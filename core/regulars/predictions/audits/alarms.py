"""Alarms: what an audit found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .comparing import BOUND
from .groups import OTHERS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .comparing import Foretold, Selected, Selection

QUARTERS = ("up to ", "over ")  # how groups of numbers begin
MOST = 3  # groups that a sentence names


def alarms(
    attribute: str, segments: Sequence[Selection], tests: Mapping[str, Sequence[Foretold]]
) -> Iterator[str]:
    """Where groups are treated differently beyond the bound, or where a score is off for one."""
    for selection in segments:
        best = next((each for each in selection.groups if each.group == selection.highest), None)
        for group in selection.groups:
            if best is not None and group.ratio_high is not None and group.ratio_high < BOUND:
                yield _differs(selection.segment, group, best, attribute)
    for output, groups in tests.items():
        for each in groups:
            if each.off:
                whom = who(each.group, attribute)
                yield (
                    f"{output} is off for {whom}: {each.expected:.3g} was expected of a "
                    f"customer and {each.actual:.3g} came ({each.low:.3g} to {each.high:.3g})."
                )


def reliefs(attribute: str, segments: Sequence[Selection]) -> Iterator[str]:
    """Of the segments that raise no alarm, whether that is because nothing is wrong."""
    for selection in segments:
        name, highest = selection.segment, selection.highest
        if highest is None:
            yield f"{name}: nobody is in it, so there is nothing to compare."
        elif selection.verdict == "open":
            open_ = [who(g.group, attribute) for g in selection.groups if _is_open(g)]
            yield (
                f"{name}: there is too little data to tell whether it holds at least {BOUND} times "
                f"as many of {_listed(open_)} as of {who(highest, attribute)}."
            )
        elif selection.verdict == "alike":
            yield f"{name} treats all groups alike, within the four-fifths bound."


def who(group: str, attribute: str) -> str:
    """The customers in ``group`` as a sentence names them."""
    if group == UNKNOWN:
        return f"those whose {attribute} is unknown"
    if group == OTHERS:
        return "the smaller groups together"
    return f"{attribute} {group}" if group.startswith(QUARTERS) else group


def _differs(segment: str, group: Selected, best: Selected, attribute: str) -> str:
    mine, theirs = who(group.group, attribute), who(best.group, attribute)
    return (
        f"{segment} holds {group.rate:.1%} of {mine} and {best.rate:.1%} of {theirs}: "
        f"{group.ratio:.2f} times as many ({group.ratio_low:.2f} to {group.ratio_high:.2f}), "
        f"below the four-fifths bound of {BOUND}."
    )


def _is_open(group: Selected) -> bool:
    low, high = group.ratio_low, group.ratio_high
    return low is not None and high is not None and low < BOUND <= high


def _listed(names: Sequence[str]) -> str:
    if len(names) > MOST:
        return f"{', '.join(names[:MOST])} and {len(names) - MOST} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
