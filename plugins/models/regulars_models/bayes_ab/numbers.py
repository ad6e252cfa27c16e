"""Numbers: a result for JSON; arrays and infinity are left to who prints it to make plain."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from regulars.hooks import DAY

from .uplift.qini import Qini

if TYPE_CHECKING:
    from .analysis import GoalResult, Result


def numbers(result: Result) -> dict[str, Any]:
    """Everything that the tables say, unrounded; lifts are shares, days count from the start."""
    plan, decision = result.plan, result.decision
    return {
        "day": result.day,
        "horizon": None if plan.lasting else plan.horizon,
        "prior": {"tau": plan.tau, "experiments": result.trial.learned.get("experiments", 0)},
        "decision": {
            "look": decision.look,
            "day": decision.day,
            "days_more": decision.days,
            "alpha": plan.alpha,
            "rope": plan.rope,
            "intervals": [asdict(each) for each in decision.intervals],
            "standings": list(decision.standings),
            "always_valid": [asdict(each) for each in decision.always],
        },
        "goals": {goal.evidence.goal.id: _goal(goal) for goal in result.goals},
        "checks": {name: check.p for name, check in result.checks.items()},
        "segments": [asdict(each) for each in result.segments],
        "factors": [asdict(each) for each in result.factors],
        "uplift": {
            gain.arm: asdict(gain.found) if isinstance(gain.found, Qini) else gain.found
            for gain in result.gains
        },
    }


def _goal(goal: GoalResult) -> dict[str, Any]:
    found, known = goal.evidence, goal.posterior
    arms: dict[str, dict[str, Any]] = {}
    for arm, name in enumerate(known.names):
        arms[name] = {
            "units": int(found.units[arm]),
            "value": float(found.value[arm]),
            "interval": list(known.interval(arm)) if known.informed else None,
            "p_best": float(known.p_best[arm]),
            "expected_loss": float(known.expected_loss[arm]),
            "relative_loss": float(known.relative_loss[arm]),
        }
        if arm:
            arms[name]["lift"] = asdict(known.lift(arm))
            arms[name]["smallest_lift"] = goal.smallest[arm - 1]
    saved = None if found.adjusted is None else found.adjusted.saved
    return {
        "kind": found.goal.kind,
        "within_days": found.goal.within / DAY,
        "better": found.goal.better,
        "waiting": found.waiting,
        "cuped_saved": saved,
        "arms": arms,
    }
