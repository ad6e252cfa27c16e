"""Bandits: whoever comes next is given an arm by how likely it is to be the best.

``thompson`` gives each arm the probability that it is the best: Thompson 1933, *Biometrika* 25,
285-294. ``top_two`` gives half of the units to a rival of the best so far, so that they are told
apart sooner: Russo 2020, *Operations Research* 68, 1625-1647.
Both are written as draws from posteriors; here the probabilities of those draws are integrals.

A run is one batch. What a unit brings comes late, so one whose window is still open counts as much
as it has had time for: see ``delays``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars_models.bayes_ab.beliefs import marginals
from regulars_models.bayes_ab.beliefs.quadrature import compare
from regulars_models.bayes_ab.beliefs.spend import revenue
from regulars_models.bayes_ab.effects import measured
from regulars_models.bayes_ab.measures import (
    VALUES,
    Conversions,
    Counts,
    Means,
    Revenue,
    Times,
    per_unit,
    statistics,
)

from .delays import matured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regulars.hooks import Outcome, Trial

    from regulars_models.bayes_ab.beliefs.marginals import Marginal
    from regulars_models.bayes_ab.measures import Floats, Statistics

LEAST = 1e-6  # that any arm is given: results are divided by it later
LEADING = 0.5  # of top-two's units go to the likely best
WIDE = 1.0  # the standard deviation of a logarithm of which nothing is known


def allocate(policy: Callable[[Floats], Floats], floor: float, trial: Trial) -> Sequence[float]:
    """Each arm's probability by the first goal of ``trial``, at least ``floor``.

    That there is a goal, and a floor of at most an equal share, is seen to where the playbook is
    checked.
    """
    arms = len(trial.arms)
    if arms == 1:  # there is nobody to be better than
        return [1.0]
    least = max(floor, LEAST)
    shares = least + (1 - arms * least) * policy(p_best(trial, trial.outcomes[0]))
    return [float(share) for share in shares / shares.sum()]


def thompson(best: Floats) -> Floats:
    """The probabilities of Thompson sampling, by those to be ``best``."""
    return best


def top_two(best: Floats) -> Floats:
    """The probabilities of top-two Thompson sampling, by those to be ``best``.

    An arm is drawn by them; half of the time it is passed on to another one, drawn by them too.
    """
    apart = 1.0 - np.eye(len(best))  # summed, as a difference would lose who is hardly ever best
    others = apart @ best
    sure = others < np.finfo(float).tiny  # that one is the best: its rivals share the other half
    passed = np.where(sure, 0.0, best / np.where(sure, 1.0, others))
    rivals = best * (apart @ passed)
    if sure.any():
        rivals = np.where(sure, 0.0, 1 / (len(best) - 1))
    return np.asarray(LEADING * best + (1 - LEADING) * rivals)


def p_best(trial: Trial, outcome: Outcome) -> Floats:
    """The probability of each arm to be the best by ``outcome``, as far as can be expected by now.

    Equal for all while there is nothing to tell them apart by.
    """
    beliefs = _beliefs(trial, outcome)
    if beliefs is None:
        return np.full(len(trial.arms), 1 / len(trial.arms))
    goal = outcome.goal
    smaller = (goal.better == "less") != (goal.kind == "time")  # the more a day, the sooner
    found = np.maximum(compare(beliefs, less_is_better=smaller).p_best, 0.0)
    return np.asarray(found / found.sum())


def _beliefs(trial: Trial, outcome: Outcome) -> Sequence[Marginal] | None:
    seen, arms = per_unit(trial, outcome), len(trial.arms)
    found = statistics(outcome, seen, arms)
    if not found.n.any():
        return None
    share = matured(trial, outcome, seen, first=outcome.goal.kind != "count")
    ready = np.bincount(seen.arm, weights=share, minlength=arms).astype(np.float64)
    match found:
        case Conversions(_, x):
            beliefs: Sequence[Marginal] | None = _shares(x, np.maximum(ready, x))
        case Counts(_, events):
            beliefs = _rates(trial, found, events, ready)
        case Times(_, events, days):
            beliefs = _rates(trial, found, events, days)
        case Means():
            beliefs = _averages(found)
        case Revenue(_, buyers, total):
            beliefs = _spends(buyers, np.maximum(ready, buyers), total)
        case _:
            beliefs = _logarithms(trial, found)
    return beliefs


def _shares(x: Floats, n: Floats) -> Sequence[Marginal]:
    return [marginals.conversion(*each) for each in zip(x, n, strict=True)]


def _rates(
    trial: Trial, found: Statistics, events: Floats, exposure: Floats
) -> Sequence[Marginal] | None:
    """Rates, begun with one event at that of all arms; less sure where units differ a lot."""
    if not exposure.sum() > 0:
        return None
    usual = (events.sum() + 1) / exposure.sum()
    v = measured(trial.arms, found).v
    told = np.where(np.isfinite(v), 1 / (v * (events + 0.5)), 1.0)
    shapes, exposures = 1 + told * events, 1 / usual + told * exposure
    return [marginals.Gamma(*pair) for pair in zip(shapes, exposures, strict=True)]


def _averages(found: Means) -> Sequence[Marginal] | None:
    """An arm with too few values is believed to be like one unit of any arm."""
    enough = found.known >= VALUES
    if not enough.any():
        return None
    free = np.maximum(found.known - 1, 0)
    middle = float(found.known @ found.mean / found.known.sum())
    spread = float(np.sqrt(free @ found.sd**2 / free.sum()))
    sd = np.maximum(found.sd, max(spread / 10, abs(middle) * 1e-9, 1e-12))
    return [
        marginals.mean(found.known[k], found.mean[k], sd[k])
        if enough[k]
        else marginals.Normal(middle, max(spread, float(sd[k])))
        for k in range(len(enough))
    ]


def _spends(buyers: Floats, n: Floats, total: Floats) -> Sequence[Marginal] | None:
    """What was given back counts as not spent."""
    everybody = float(buyers.sum())
    typical = float(total.sum()) / everybody if everybody > 0 else 1.0
    if typical <= 0:
        return None
    spent = np.maximum(total, 0.0)
    return [revenue(*each, typical=typical) for each in zip(buyers, n, spent, strict=True)]


def _logarithms(trial: Trial, found: Statistics) -> Sequence[Marginal] | None:
    effects = measured(trial.arms, found)
    known = np.isfinite(effects.v)
    if not known.any():
        return None
    middle = float(effects.y[known].mean())
    return [
        marginals.LogNormal(float(y), float(np.sqrt(min(v, WIDE))))
        if np.isfinite(v)
        else marginals.LogNormal(middle, WIDE)
        for y, v in zip(effects.y, np.maximum(effects.v, 1e-12), strict=True)
    ]
