"""A loose plugin file: a model that foresees, explains itself, and may fail to."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from regulars.hooks import (
    Fitted,
    Foresees,
    ModelData,
    ModelKind,
    Output,
    Reads,
    Reason,
    Settings,
    hookimpl,
)

DAY = 86_400_000_000
LEAST = 5  # orders


class Seer(Settings):
    """Who ordered often orders again; everybody is given ``favour`` more than that says."""

    favour: float = 0
    traits: tuple[str, ...] = ()
    lies: Literal["", "fails", "names", "nan"] = ""


def outputs(_config: Seer) -> dict[str, Output]:
    foresees = Foresees("order", 14 * DAY)
    return {
        "chance": Output("probability", low=0, high=1, foresees=foresees),
        "next": Output("time", "time"),
        "mood": Output("a word", "text"),
    }


def fit(_config: Seer, data: ModelData, _seed: int) -> Fitted | str:
    orders = len(data.events["order"])
    if orders < LEAST:
        return f"there are {orders} orders; {LEAST} are needed"
    return Fitted(
        {"slope": {"orders": 0.1}, "weights": list(range(9)), "word": "seer"},
        diagnostics={
            "log_likelihood": -12.3456789,
            "converged": True,
            "words": ["The moon was full."],
            "standard_errors": {"slope": {"orders": 0.025}},
            "tracking": {"weeks": [0, 1, 2], "expected": [0, 2, 4], "actual": [0, 1, 5]},
        },
        metrics={"orders": orders},
        drivers={"orders": 3.0, "the moon": 1.0},
    )


def score(config: Seer, _fitted: Fitted, data: ModelData) -> dict[str, Any]:
    orders, last = _known(data)
    chance = np.clip(0.1 * orders + config.favour, 0, 1)
    mood = np.where(orders > 1, "fond", "shy").astype(object)
    mood[orders == 0] = None
    return {
        "chance": np.where(orders > 0, chance, np.nan),
        "next": np.where(orders > 1, last + 7 * DAY, np.nan),
        "mood": mood,
    }


def explain(config: Seer, _fitted: Fitted, data: ModelData) -> dict[str, list[Reason]]:
    if config.traits:
        return {"chance": [Reason(trait, 0.1) for trait in config.traits]}
    if config.lies == "fails":
        raise ZeroDivisionError("no luck")
    orders = float(_known(data)[0][0])
    moved = [Reason("the moon", 0.001), Reason(f"{orders:.0f} orders", 0.1 * orders - 0.2)]
    moved += [Reason("the weather", -0.01), Reason("the stars", 0.002)]
    if config.lies == "nan":
        moved.append(Reason("nothing", np.nan))
    known = {"chance": moved, "next": [Reason("tea", -2.5 * DAY), Reason("rain", DAY / 4)]}
    return known | {"luck": moved} if config.lies == "names" else known


def _known(data: ModelData) -> tuple[Any, Any]:
    events = data.events["order"]
    last = np.full(len(data), np.nan)
    last[events.customer] = events.at
    return np.bincount(events.customer, minlength=len(data)), last


@hookimpl
def regulars_models() -> list[ModelKind]:
    def reads(config: Seer) -> Reads:
        return Reads(events=["order"], traits=config.traits)

    return [ModelKind("seer", "Who comes again", Seer, outputs, reads, fit, score, explain=explain)]
