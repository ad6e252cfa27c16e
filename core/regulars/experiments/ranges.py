"""Ranges: which arm a share falls to.

Arm k has [start_k, start_k + weight_k x coverage), where start_k is the sum of the weights before
it. So a coverage that grows moves nobody between arms. GrowthBook's ranges are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
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
        ends = _ends(shares, experiment.coverage.share)
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


def _ends(shares: Mapping[str, float], coverage: float) -> dict[str, tuple[float, float]]:
    """Where each arm begins and ends."""
    start, ends = 0.0, {}
    for arm, share in shares.items():
        ends[arm] = (start, start + coverage * share)
        start += share
    if coverage == 1.0:  # whatever a sum of doubles misses is the last arm's
        ends[arm] = (ends[arm][0], 1.0)
    return ends
