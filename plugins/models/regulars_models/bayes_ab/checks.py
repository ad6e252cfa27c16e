"""Checks: what a person should know before they believe a result, each a warning in words or none.

None looks at who won: they ask whether the arms were filled, timed and kept as they should have
been.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY
from scipy.special import chdtrc, ndtr
from scipy.stats import binomtest, rankdata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from .effects import Effects
    from .measures import Floats

BROKEN = 0.001  # below this the shares of the arms are no accident
FEWEST = 5  # units that each arm is meant to have, before anything is said
MANY = 1_000  # units that each arm is meant to have, for chi-square to be near enough so far out
UNEVEN = 0.001
NEW = 0.01  # shared among the arms


@dataclass(frozen=True)
class Check:
    """``p`` is how probable something as odd is where all is well; ``warning`` None if it is.

    ``broken`` says that there is no result to be read.
    """

    p: float
    warning: str | None = None
    broken: bool = False


def sample_ratio(names: Sequence[str], counts: ArrayLike, weights: ArrayLike) -> Check:
    """Whether the arms have the shares of the units that they are meant to have.

    Over the arms of positive weight, once each is meant to have a few units: exact binomial tails
    while these are not many, then Pearson's chi-square. With a warning the experiment is broken:
    whatever lost those units may have chosen them (Fabijan et al. 2019, KDD).
    """
    seen, share = np.asarray(counts, dtype=float), np.asarray(weights, dtype=float)
    meant = share > 0
    seen, share = seen[meant], share[meant] / share[meant].sum()
    total = seen.sum()
    expected = total * share
    if len(seen) < 2 or expected.min() < FEWEST:  # noqa: PLR2004 (one arm has all)
        return Check(1.0)
    p = _exactly(seen, share) if expected.min() < MANY else _about(seen, expected)
    if p >= BROKEN:
        return Check(p)
    kept = [name for name, is_meant in zip(names, meant, strict=True) if is_meant]
    parts = [
        f"{name} has {count:,.0f} where {part:,.0f} were meant"
        for name, count, part in zip(kept, seen, expected, strict=True)
    ]
    return Check(
        p,
        f"The arms are not filled as planned: {', '.join(parts)}; chance does that less than once"
        " in 1,000 times. Don't use the result; find out who is missing.",
        broken=True,
    )


def exposure_delay(names: Sequence[str], arm: NDArray[np.int64], at: NDArray[np.int64]) -> Check:
    """Whether the arms were given out at the same times.

    Random assignment gives each arm the same distribution of times of exposure. Where one lags
    (its message is held or fails first) or weights were changed on the way, its units are younger:
    they have had less time for the goal, and other days of it, so they don't compare. Tested by
    the ranks of the times (Kruskal and Wallis 1952, JASA 47, 583-621). Not for bandits, which
    change the shares on purpose.
    """
    counts = np.bincount(arm, minlength=len(names)).astype(float)
    given = counts > 0
    if given.sum() < 2:  # noqa: PLR2004 (nothing to compare with)
        return Check(1.0)
    n = float(len(at))
    ranks = rankdata(at) - (n + 1) / 2
    among = np.bincount(arm, weights=ranks, minlength=len(names))[given]
    spread = float((ranks**2).sum()) / (n - 1)
    if spread <= 0:
        return Check(1.0)
    p = float(chdtrc(int(given.sum()) - 1, float((among**2 / counts[given]).sum()) / spread))
    if p >= UNEVEN:
        return Check(p)
    mean = np.bincount(arm, weights=(at - at.min()) / DAY, minlength=len(names))
    mean = np.where(given, mean / np.maximum(counts, 1), np.nan)
    early, late = int(np.nanargmin(mean)), int(np.nanargmax(mean))
    return Check(
        p,
        f"{names[late]} was given out later than {names[early]}, by {mean[late] - mean[early]:.1f}"
        " days on average, so its customers have had less time. Look for messages that were held"
        " and for weights that were changed.",
    )


def novelty(first: Effects, rest: Effects) -> Check:
    """Whether an arm's lift in the first week is another one than since.

    ``first`` are the effects among the units exposed in the first week, ``rest`` among those
    exposed later. Their difference is a normal under no change; the level is shared among the arms.
    """
    arms = range(1, len(first))
    found = [(_p(first, rest, arm), arm) for arm in arms]
    if not found:
        return Check(1.0)
    p, arm = min(found)
    p = min(1.0, p * len(found))
    if p >= NEW:
        return Check(p)
    early, late = (float(np.expm1(each.against(arm)[0])) for each in (first, rest))
    return Check(
        p,
        f"{first.names[arm]} moved the goal by {early:+.0%} in the first week and by {late:+.0%}"
        " since: the effect is not steady. Trust what came later, and go on for longer.",
    )


def _exactly(seen: Floats, share: Floats) -> float:
    """Of two arms the binomial test; of more each by all others, shared by Bonferroni."""
    tails = [
        binomtest(int(count), int(seen.sum()), float(part)).pvalue
        for count, part in zip(seen, share, strict=True)
    ]
    return min(1.0, float(min(tails)) * (1 if len(tails) == 2 else len(tails)))  # noqa: PLR2004


def _about(seen: Floats, expected: Floats) -> float:
    return float(chdtrc(len(seen) - 1, ((seen - expected) ** 2 / expected).sum()))


def _p(first: Effects, rest: Effects, arm: int) -> float:
    (y, v), (later, w) = first.against(arm), rest.against(arm)
    if not 0 < v + w < np.inf:
        return 1.0
    return float(2 * ndtr(-abs(y - later) / np.sqrt(v + w)))
