"""What a playbook may say of this analysis: ``decide: {use: bayes-ab, horizon: 28d}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StrictInt, model_validator
from regulars.hooks import DAY, Percentage, PositiveDuration, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LOOKS = 28


class BayesAB(Settings):
    """How an experiment is decided: fixed before it starts, and never by what it has brought.

    ``prior`` is the width of the lift prior; without it, what was learned, else 5 %.
    """

    horizon: Annotated[PositiveDuration, Field(description="how long it runs")] = (
        PositiveDuration.parse("28d")
    )
    looks: Annotated[
        StrictInt, Field(ge=1, le=MOST_LOOKS, description="how often it may stop, evenly spread")
    ] = 4
    alpha: Annotated[
        Percentage, Field(description="how often it may call a winner where there is none")
    ] = Percentage(0.05)
    rope: Annotated[
        Percentage, Field(description="the lift that makes no difference in practice")
    ] = Percentage(0.01)
    prior: Annotated[
        Percentage | None, Field(description="how large lifts usually are; learned by default")
    ] = None
    cuped: Annotated[
        str | None, Field(description="a trait that explains some of what customers do anyway")
    ] = None
    uplift: Annotated[
        tuple[str, ...], Field(description="traits by which to tell who gains; needs scikit-learn")
    ] = ()

    @model_validator(mode="after")
    def _can_be_decided(self) -> Self:
        if self.horizon.months:
            raise ValueError("horizon: write it in days or weeks, so that every look has its day")
        if not 0 < self.alpha.share < 1:
            raise ValueError("alpha: a mistake can't be excluded, nor certain; write 5% or so")
        if self.prior is not None and self.prior.share <= 0:
            raise ValueError("prior: lifts are not all zero; write 5% or so")
        return self

    @property
    def days(self) -> float:
        """The horizon in days."""
        return self.horizon.micros / DAY


def traits(config: BayesAB) -> Iterable[str]:
    """The traits that it reads, as they were at exposure."""
    return dict.fromkeys([*([config.cuped] if config.cuped else []), *config.uplift])
