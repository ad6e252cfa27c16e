"""CUPED: what customers did before the experiment explains some of what they do in it.

Regression on a trait as of exposure: Deng, Xu, Kohavi and Walker 2013, WSDM, 123-132. As arms are
given at random the trait differs between them by chance alone, so what it explains can be taken
away without a bias. On shop e-mail it has been found to save a few per cent, so what it saved is
told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .effects import Effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .measures import Floats, PerUnit

ENOUGH = 20  # units for each number that is fitted


@dataclass(frozen=True)
class Adjusted:
    """``effects`` after the adjustment.

    ``saved`` is the share of the variance that it saved, 0 to 1; ``known`` the share of units whose
    trait is known. If nothing is saved, the effects are as they were.
    """

    effects: Effects
    saved: float
    known: float


def adjust(effects: Effects, seen: PerUnit, trait: Floats) -> Adjusted:
    """``effects`` less what ``trait``, a value for each row of ``Units``, explains of them.

    A missing trait (NaN) counts as the mean, and to be missing is a trait as well. What a unit
    adds to the logarithm of its arm's mean is linear to first order (the delta method), so
    one adjustment serves every kind of goal.
    """
    values = trait[seen.row]
    known = np.isfinite(values)
    share = float(known.mean()) if len(values) else 0.0
    covariates, influence = _covariates(values, known), _influence(seen, len(effects))
    fitted = _fit(covariates, influence, seen, effects)
    if fitted is None:
        return Adjusted(effects, 0.0, share)
    theta, saved = fitted
    apart = _by_arm(covariates, seen, len(effects)) - np.average(covariates, axis=0)
    y = effects.y - np.where(np.isfinite(effects.v), apart @ theta, 0.0)
    return Adjusted(Effects(effects.names, y, effects.v * (1 - saved)), saved, share)


def _covariates(values: Floats, known: NDArray[np.bool_]) -> Floats:
    """The trait in units of its spread, and if it is missing; without what never differs."""
    middle = float(values[known].mean()) if known.any() else 0.0
    filled = np.where(known, values, middle) - middle
    spread = float(filled.std()) if len(values) else 0.0
    columns = [filled / spread] if spread > 0 else []
    if known.any() and not known.all():
        columns.append((~known).astype(float))
    return np.stack(columns, axis=1) if columns else np.empty((len(values), 0))


def _influence(seen: PerUnit, arms: int) -> Floats:
    """What each unit adds to its arm's mean, as a share of the mean of all arms."""
    sums = seen.sums(arms)
    value = np.where(sums.bottom > 0, sums.top / np.where(sums.bottom > 0, sums.bottom, 1), 0.0)
    usual = float(sums.top.sum()) / max(float(sums.n.sum()), 1.0)
    each = seen.top - value[seen.arm] * seen.bottom
    return np.asarray(each / usual) if usual > 0 else np.zeros(len(each))


def _fit(
    covariates: Floats, influence: Floats, seen: PerUnit, effects: Effects
) -> tuple[Floats, float] | None:
    """The slopes within arms, and what they save; None if that is nothing.

    What is saved is the adjusted R², which is negative where the fit is to noise.
    """
    units, width = covariates.shape
    free = units - len(effects) - width
    if width == 0 or free < ENOUGH * width:
        return None
    within = covariates - _by_arm(covariates, seen, len(effects))[seen.arm]
    theta, *_ = np.linalg.lstsq(within, influence, rcond=None)
    total = float(influence @ influence)
    left = float(np.sum((influence - within @ theta) ** 2))
    saved = 1 - left / total * (free + width) / free if total > 0 else 0.0
    return (np.asarray(theta, dtype=float), float(saved)) if saved > 0 else None


def _by_arm(covariates: Floats, seen: PerUnit, arms: int) -> Floats:
    """The mean of each covariate in each arm; 0 where nobody is."""
    n = np.maximum(np.bincount(seen.arm, minlength=arms), 1)
    columns = [np.bincount(seen.arm, weights=column, minlength=arms) for column in covariates.T]
    return np.asarray(np.stack(columns, axis=1) / n[:, None]) if columns else np.zeros((arms, 0))
