"""The analysis: from a trial to everything that is to be said of it, in numbers.

The first goal decides, the others are read beside it. What was known at each planned look is
computed anew from the same arrays, so a result doesn't depend on who looked when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.errors import RegularsError
from regulars.hooks import DAY

from .checks import Check, exposure_delay, novelty, sample_ratio
from .decision import Decision, Look, Plan, decide
from .evidence import Evidence, effects_of, evidence
from .factorial import contrasts
from .lift import posterior
from .pooling import by_segment
from .power import smallest_lift
from .prior import TAU, learn
from .uplift.cohort import cohort
from .uplift.ordering import ordered
from .uplift.qini import qini

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from regulars.hooks import Outcome, Trial

    from .factorial import Contrast
    from .lift import LiftPosterior
    from .pooling import SegmentLift
    from .settings import BayesAB
    from .uplift.qini import Qini

WEEK = 7 * DAY


@dataclass(frozen=True)
class GoalResult:
    """One goal: ``smallest`` is the lift that each arm's data can find by the horizon, or today."""

    evidence: Evidence
    posterior: LiftPosterior
    smallest: tuple[float, ...]


@dataclass(frozen=True)
class Targeting:
    """Who gains from ``arm``: the test of the score, or a sentence that says why there is none."""

    arm: str
    found: Qini | str


@dataclass(frozen=True)
class Result:
    """All that is known on ``day``, counted from the first exposure."""

    trial: Trial
    plan: Plan
    day: float
    decision: Decision
    goals: tuple[GoalResult, ...]
    checks: Mapping[str, Check]
    segments: tuple[SegmentLift, ...] = ()
    factors: tuple[Contrast, ...] = ()
    gains: tuple[Targeting, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before they believe it."""
        return tuple(check.warning for check in self.checks.values() if check.warning)


def analyse(config: BayesAB, trial: Trial) -> Result | None:
    """Everything that ``trial`` says; None while nobody has been given an arm."""
    if not len(trial.units) or not trial.outcomes:
        return None
    first, start = trial.outcomes[0], int(trial.units.at.min())
    plan = plan_of(config, trial)
    checks = _checks(trial, first, start)
    known = [evidence(trial, outcome, None, config.cuped) for outcome in trial.outcomes]
    now = Look((trial.now - start) / DAY, known[0].effects)
    looks = looks_of(config, trial, plan)
    finds = _finds(plan, now.day, len(trial.arms))
    goals = tuple(_goal(found, plan.tau, finds) for found in known)
    return Result(
        trial,
        plan,
        now.day,
        decide(plan, looks, now, broken=any(check.broken for check in checks.values())),
        goals,
        checks,
        by_segment(trial, first, plan.tau, finds, config.cuped),
        contrasts(now.effects, trial.levels, plan.tau) if trial.levels else (),
        tuple(_gains(config, trial, first)),
    )


def plan_of(config: BayesAB, trial: Trial) -> Plan:
    """How it is decided: the playbook's words, with the width of the prior that holds."""
    tau = config.prior.share if config.prior else float(trial.learned.get("lift_prior", TAU))
    smaller = trial.outcomes[0].goal.better == "less"
    return Plan(
        config.days,
        config.looks,
        config.alpha.share,
        config.rope.share,
        tau,
        smaller,
        trial.lasting,
    )


def looks_of(config: BayesAB, trial: Trial, plan: Plan) -> list[Look]:
    """What was known at each planned look that is over."""
    start = int(trial.units.at.min())
    instants = [(day, start + round(day * DAY)) for day in plan.days]
    return [
        Look(day, evidence(trial, trial.outcomes[0], at, config.cuped).effects)
        for day, at in instants
        if at <= trial.now
    ]


def learn_prior(read: Sequence[tuple[Any, Trial]]) -> dict[str, Any]:
    """The width of the lift prior after the experiments that are over, and how many those are.

    Of each counts its first arm beside the control: chosen by its place, not by its result. One
    whose arms are not filled as planned teaches nothing.
    """
    lifts = []
    for config, trial in read:
        if not len(trial.units) or not trial.outcomes or len(trial.arms) == 1 or trial.lasting:
            continue
        end = int(trial.units.at.min()) + config.horizon.micros
        if end <= trial.now and not _filled(trial).broken:
            lifts.append(evidence(trial, trial.outcomes[0], end, config.cuped).effects.against(1))
    known = [lift for lift in lifts if np.isfinite(lift).all()]
    return {"lift_prior": round(learn(known), 4), "experiments": len(known)}


def _finds(plan: Plan, day: float, arms: int) -> Callable[[float], float]:
    """What tells the smallest lift to be found by data that have this variance on ``day``.

    By the horizon, of which the part is taken to have come that has passed; without an end, today.
    """
    grown = 1.0 if plan.lasting else max(min(day / plan.horizon, 1.0), 1e-9)
    return lambda v: smallest_lift(v * grown, plan, arms)


def _goal(found: Evidence, tau: float, finds: Callable[[float], float]) -> GoalResult:
    others, smaller = range(1, len(found.effects)), found.goal.better == "less"
    smallest = tuple(finds(found.effects.against(arm)[1]) for arm in others)
    return GoalResult(found, posterior(found.effects, tau, smaller=smaller), smallest)


def _checks(trial: Trial, first: Outcome, start: int) -> dict[str, Check]:
    """A bandit changes the shares on purpose, so of its arms neither size nor time is checked."""
    units = trial.units
    early = units.at < start + WEEK
    weekly = (effects_of(trial, first, mask) for mask in (early, ~early))
    checks = {"novelty": novelty(*weekly)}
    if trial.adaptive:
        return checks
    delay = exposure_delay(trial.arms, units.arm, units.at)
    return {"sample ratio": _filled(trial), "exposure delay": delay} | checks


def _filled(trial: Trial) -> Check:
    """Whether the arms are filled as planned; where probabilities change there is no such plan."""
    if trial.adaptive:
        return Check(1.0)
    counts = np.bincount(trial.units.arm, minlength=len(trial.arms))
    return sample_ratio(trial.arms, counts, trial.weights)


def _gains(config: BayesAB, trial: Trial, first: Outcome) -> list[Targeting]:
    if not config.uplift:
        return []
    return [
        Targeting(arm, _who_gains(config, trial, first, place))
        for place, arm in enumerate(trial.arms[1:], start=1)
    ]


def _who_gains(config: BayesAB, trial: Trial, first: Outcome, arm: int) -> Qini | str:
    units = cohort(trial, first, config.uplift, arm)
    if isinstance(units, str):
        return units
    try:
        return qini(ordered(units))
    except RegularsError as missing:  # scikit-learn: the rest can be read without it
        return str(missing)
