"""The bandits that a playbook may name in the ``allocation`` of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from regulars.hooks import AllocationKind, Percentage, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.hooks import Trial

CLOSE = 1e-9  # how much more than everybody all floors may add up to


class BanditSettings(Settings):
    """How far a bandit may go."""

    floor: Annotated[
        Percentage, Field(description="the least that any arm is given, up to an equal share")
    ] = Percentage(0.05)


def _thompson(config: BanditSettings, trial: Trial) -> Sequence[float]:
    """Loads what calculates when it is asked: a playbook is to be checked in no time."""
    from .bandit import allocate, thompson  # noqa: PLC0415 (only when arms are given out)

    return allocate(thompson, config.floor.share, trial)


def _top_two(config: BanditSettings, trial: Trial) -> Sequence[float]:
    from .bandit import allocate, top_two  # noqa: PLC0415 (only when arms are given out)

    return allocate(top_two, config.floor.share, trial)


def _misfit(config: BanditSettings, arms: int) -> str | None:
    if config.floor.share * arms <= 1 + CLOSE:
        return None
    return f"{arms} arms can't have {config.floor} each; a floor is at most an equal share"


ALLOCATIONS = (
    AllocationKind(
        "thompson",
        "Each arm as often as it is likely to be the best",
        BanditSettings,
        _thompson,
        _misfit,
    ),
    AllocationKind(
        "top-two", "Half to the likely best, half to its rivals", BanditSettings, _top_two, _misfit
    ),
)
