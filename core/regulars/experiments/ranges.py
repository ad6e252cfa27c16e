"""Ranges: which arm a share falls to.

Arm k of written weights has [start_k, start_k + weight_k x coverage), where start_k is the sum of
the weights before it. So a coverage that grows moves nobody between arms. GrowthBook's ranges are
the same. A bandit moves its weights all the time: its arms lie side by side in [0, coverage), so
that those who are not covered stay so, and of the others each arm gets just its probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from regulars.customers.samples import share_of
from regulars.customers.shapes import draws_of
from regulars.customers.shares import bucket_threshold, threshold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.playbook.experiments import Experiment
    from regulars.store.schema import Draw


@dataclass(frozen=True)
class Range:
    """Those whose share of ``draw`` is at least ``start`` and below ``end``."""

    draw: Draw
    start: int
    end: int

    def holds(self, unit: object) -> bool:
        """Whether the share of ``unit`` is inside."""
        share = share_of(self.draw, unit)
        return share is not None and self.start <= share < self.end


@dataclass(frozen=True)
class Ranges:
    """An experiment's arms with the shares that they take; ``layer`` is what it has of its layer.

    ``unit`` is the draw whose shares tell units apart, None where those are customers.
    """

    arms: Mapping[str, Range]
    layer: Range | None
    unit: Draw | None

    @classmethod
    def of(cls, name: str, experiment: Experiment, shares: Mapping[str, float]) -> Ranges:
        """The ranges of the experiment where its arms have ``shares``, which add up to 1."""
        draw, *others = draws_of(name, experiment)
        edge = bucket_threshold if experiment.hash == "growthbook" else threshold
        cut = _side_by_side if experiment.allocation is not None else _spread
        ends = cut(shares, experiment.coverage.share)
        arms = {arm: Range(draw, edge(start), edge(end)) for arm, (start, end) in ends.items()}
        layer = None
        if experiment.layer is not None:
            part = experiment.layer
            layer = Range(others[-1], threshold(part.from_.share), threshold(part.to.share))
        return cls(arms, layer, others[0] if experiment.unit else None)

    def arm(self, unit: object) -> str | None:
        """The arm of a customer with this id or of a unit with this value; None if not covered."""
        if self.layer is not None and not self.layer.holds(unit):
            return None
        return next((arm for arm, range_ in self.arms.items() if range_.holds(unit)), None)


def _spread(shares: Mapping[str, float], coverage: float) -> dict[str, tuple[float, float]]:
    """Where each arm begins and ends: where it would with everybody covered, but ending sooner."""
    if coverage == 1.0:
        return _side_by_side(shares, coverage)
    starts = accumulate(shares.values(), initial=0.0)
    return {
        arm: (start, start + coverage * share)
        for (arm, share), start in zip(shares.items(), starts, strict=False)
    }


def _side_by_side(shares: Mapping[str, float], coverage: float) -> dict[str, tuple[float, float]]:
    """Where each arm begins and ends, with nothing between them."""
    cuts = [coverage * cut for cut in accumulate(shares.values(), initial=0.0)]
    cuts[-1] = coverage  # whatever a sum of doubles misses is the last arm's
    return dict(zip(shares, pairwise(cuts), strict=True))
