"""A law of leaving that was learned: what it says of any inputs, by whichever method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY

from .hazard import Hazard
from .kaplan_meier import Curve
from .weibull import Weibull

if TYPE_CHECKING:
    from regulars.hooks import Fitted

    from .kind import ChurnSettings
    from .standing import Floats


def looked_at(config: ChurnSettings, inputs: Floats) -> Floats:
    """The inputs that survival looks at: since when, and the traits."""
    traits = inputs.shape[1] - len(config.traits)
    return np.column_stack([inputs[:, :1], inputs[:, traits:]])


@dataclass(frozen=True)
class Law:
    """What ``fitted`` says; of a shop, that leaving is to be silent for one horizon."""

    config: ChurnSettings
    fitted: Fitted

    def risk(self, inputs: Floats) -> Floats:
        """The probability of being gone in one horizon; NaN where that isn't told."""
        if self.config.method == "hazard":
            return Hazard.read(self.fitted.parameters).risk(inputs)
        happens = self._happens(inputs)
        return happens if self.config.event is None else 1 - happens

    def half(self, inputs: Floats) -> Floats:
        """After how many more days half of such are gone; NaN where that isn't told.

        In a shop they are if the risk stays what it is.
        """
        longest = self.fitted.parameters["longest"]
        if self.config.event is not None:
            stay = np.log1p(-np.minimum(self.risk(inputs), 1 - 1e-12))
            with np.errstate(divide="ignore"):
                days = self.config.within / DAY * np.log(0.5) / stay
            return np.where(days <= longest, days, np.nan)
        if self.config.method == "hazard":
            return Hazard.read(self.fitted.parameters).half(inputs, longest)
        days = self._half(inputs)
        return np.where(inputs[:, 0] + days <= longest, days, np.nan)

    def _happens(self, inputs: Floats) -> Floats:
        within = self.config.within / DAY
        if self.config.method == "weibull":
            law = Weibull.read(self.fitted.parameters)
            return law.happens(looked_at(self.config, inputs), within)
        return self._curve().happens(inputs[:, 0], within)

    def _half(self, inputs: Floats) -> Floats:
        if self.config.method == "weibull":
            return Weibull.read(self.fitted.parameters).half(looked_at(self.config, inputs))
        return self._curve().half(inputs[:, 0])

    def _curve(self) -> Curve:
        return Curve.read(self.fitted.arrays, self.fitted.parameters["told"])
