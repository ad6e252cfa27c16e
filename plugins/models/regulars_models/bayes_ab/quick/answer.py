"""A quick answer from a few totals: what ``regulars ab`` computes, without the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from regulars_models.bayes_ab import effects
from regulars_models.bayes_ab.beliefs import marginals
from regulars_models.bayes_ab.beliefs.pairs import compare_pair
from regulars_models.bayes_ab.beliefs.quadrature import Comparison, compare
from regulars_models.bayes_ab.beliefs.spend import evenness, revenue
from regulars_models.bayes_ab.lift import LiftPosterior, posterior
from regulars_models.bayes_ab.prior import TAU

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars_models.bayes_ab.beliefs.marginals import Marginal
    from regulars_models.bayes_ab.effects import Effects
    from regulars_models.bayes_ab.measures import Floats

    from .totals import Kind, Totals

Prior = Literal["lift", "flat"]

ENDS = np.array([0.025, 0.975])
PAIR = 2  # arms, which have closed forms


@dataclass(frozen=True)
class ArmAnswer:
    """What is known of one arm; the first is the control.

    ``rate`` is what was seen of each visitor, None if there was none; the ``interval`` holds the
    true one with 95 %. ``p_best`` is the chance to be the best arm, ``expected_loss`` what choosing
    it costs on average, in the goal's own unit, ``relative_loss`` the same as a share of the arm's
    mean, None unless that is above 0; ``p_beats_control`` is None for the control, and ``lift`` is
    the relative one with its interval, where the prior is about lifts.
    """

    name: str
    rate: float | None
    interval: tuple[float, float] | None
    p_best: float
    expected_loss: float | None
    relative_loss: float | None
    p_beats_control: float | None
    lift: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Answer:
    """All arms, as they were given. ``tau`` is the width of the lift prior, None for a flat one."""

    kind: Kind
    arms: tuple[ArmAnswer, ...]
    tau: float | None
    less_is_better: bool

    @property
    def leader(self) -> ArmAnswer:
        """The arm that is most likely the best."""
        return max(self.arms, key=lambda arm: arm.p_best)

    def as_json(self) -> dict[str, Any]:
        """Each arm by its name, and the chance of each to beat the control."""
        words = ("p_best", "expected_loss", "rate", "interval")
        return {
            "arms": {arm.name: {word: getattr(arm, word) for word in words} for arm in self.arms},
            "p_beats_control": {arm.name: arm.p_beats_control for arm in self.arms[1:]},
        }


def answer(
    kind: Kind, totals: Sequence[Totals], prior: Prior = "lift", *, less_is_better: bool = False
) -> Answer:
    """What ``totals`` say of their arms, the first of which is the control.

    ``prior``: ``lift`` takes arms to differ by about ``TAU``, ``flat`` takes any difference for as
    likely as any other, and arms for independent.
    """
    if prior == "lift":
        found = posterior(_effects(kind, totals), TAU, smaller=less_is_better)
        arms = [
            _of_lift(kind, found, arm, place, less_is_better) for place, arm in enumerate(totals)
        ]
        return Answer(kind, tuple(arms), TAU, less_is_better)
    return Answer(kind, tuple(_of_flat(kind, totals, less=less_is_better)), None, less_is_better)


def _of_lift(
    kind: Kind,
    found: LiftPosterior,
    arm: Totals,
    place: int,
    less: bool,  # noqa: FBT001
) -> ArmAnswer:
    known, beats, lift = found.informed, None, None
    low, high = found.interval(place)
    if kind == "conversion":
        high = min(high, 1.0)  # the model works on logarithms, which know no upper end
    if place:
        more = found.p_beats(place)
        beats, told = 1 - more if less else more, found.lift(place)
        lift = told.mean, told.low, told.high
    return ArmAnswer(
        name=arm.name,
        rate=arm.rate,
        interval=(low, high) if known else None,
        p_best=float(found.p_best[place]),
        expected_loss=float(found.expected_loss[place]) if known else None,
        relative_loss=float(found.relative_loss[place]) if known else None,
        p_beats_control=beats,
        lift=lift,
    )


def _of_flat(kind: Kind, totals: Sequence[Totals], *, less: bool) -> list[ArmAnswer]:
    typical, shape = evenness(*_columns(totals, "buyers", "mean", "sd"))
    # Before anybody bought, the unit of money is unknown, but who buys more often is not.
    known = kind != "revenue" or typical > 0
    each = [_marginal(kind, arm, typical or 1.0, shape or 1.0) for arm in totals]
    found = _compared(each, less=less)
    return [
        ArmAnswer(
            name=totals[place].name,
            rate=totals[place].rate,
            interval=_interval(arm) if known else None,
            p_best=min(float(found.p_best[place]), 1.0),
            expected_loss=float(found.losses[place]) if known else None,
            relative_loss=float(found.losses[place]) / arm.mean if known and arm.mean > 0 else None,
            p_beats_control=_beats(each, found, place, less=less) if place else None,
        )
        for place, arm in enumerate(each)
    ]


def _beats(each: Sequence[Marginal], found: Comparison, place: int, *, less: bool) -> float:
    """The chance of an arm to beat the control, which is the first; of two it is known already."""
    pair = found if len(each) == PAIR else _compared([each[0], each[place]], less=less)
    return float(pair.p_best[1])


def _compared(arms: Sequence[Marginal], *, less: bool) -> Comparison:
    if len(arms) == PAIR:
        return compare_pair(*arms, less_is_better=less)
    return compare(arms, less_is_better=less)


def _interval(arm: Marginal) -> tuple[float, float]:
    low, high = arm.quantile(ENDS).tolist()
    return low, high


def _marginal(kind: Kind, arm: Totals, typical: float, shape: float) -> Marginal:
    if kind == "conversion":
        return marginals.conversion(arm.top, arm.visitors)
    if kind == "count":
        return marginals.count(arm.top, arm.visitors)
    if kind == "mean":
        return marginals.mean(arm.visitors, arm.mean, arm.sd)
    return revenue(arm.buyers, arm.visitors, arm.top, typical=typical, shape=shape)


def _effects(kind: Kind, totals: Sequence[Totals]) -> Effects:
    names = [arm.name for arm in totals]
    n, top, mean, sd, buyers = _columns(totals, "visitors", "top", "mean", "sd", "buyers")
    if kind == "conversion":
        return effects.conversion(names, top, n)
    if kind == "count":
        return effects.count(names, top, n)
    if kind == "mean":
        return effects.mean(names, n, mean, sd)
    squares = buyers * mean**2 + np.maximum(buyers - 1, 0) * sd**2
    return effects.revenue(names, n, buyers, top, squares)


def _columns(totals: Sequence[Totals], *names: str) -> list[Floats]:
    return [np.array([getattr(arm, name) for arm in totals], dtype=np.float64) for name in names]
