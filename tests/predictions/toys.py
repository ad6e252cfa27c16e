"""A loose plugin file: one small honest model, and some that don't keep their word."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from regulars.hooks import Fitted, ModelData, ModelKind, Output, Reads, Settings, hookimpl

DAY = 86_400_000_000


class Pace(Settings):
    """How often customers do ``event``, as far as that can be said by their pauses."""

    event: str
    amount: str | None = None
    text: str | None = None
    least: int = 2
    usual: float | None = None
    traits: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    experiment: str | None = None
    lies: Literal["", "range", "shape", "names", "objects", "nothing", "fails"] = ""


def outputs(_config: Pace) -> dict[str, Output]:
    return {
        "alive": Output("probability", low=0, high=1),
        "next": Output("time", "time"),
        "mood": Output("a word", "text"),
    }


def reads(config: Pace) -> Reads:
    return Reads(
        events=[config.event],
        amounts=[f"{config.event}.{config.amount}"] if config.amount else [],
        texts=[f"{config.event}.{config.text}"] if config.text else [],
        traits=config.traits,
        attributes=config.attributes,
        experiment=config.experiment,
    )


def fit(config: Pace, data: ModelData, seed: int) -> Any:
    if config.lies == "fails":
        raise ZeroDivisionError("no luck")
    if config.lies == "nothing":
        return None
    events = data.events[config.event]
    pauses = np.diff(events.at)[np.diff(events.customer) == 0] / DAY
    if len(pauses) < config.least:
        return f"{len(pauses)} pauses; {config.least} are needed"
    kept = np.sort(pauses).astype(object if config.lies == "objects" else np.float64)
    usual = config.usual or float(np.median(pauses))
    parameters = {"usual": usual, "luck": np.random.default_rng(seed).random()}
    return Fitted(parameters, {"pauses": kept}, {"pauses": len(pauses)}, {"mean": pauses.mean()})


def score(config: Pace, fitted: Fitted, data: ModelData) -> dict[str, Any]:
    events, usual = data.events[config.event], fitted.parameters["usual"]
    last = np.full(len(data), np.nan)
    last[events.customer] = events.at
    late = (data.now - last) / DAY / usual
    alive = np.exp2(-late) + (1 if config.lies == "range" else 0)
    mood = np.where(late > 1, "late", "early").astype(object)
    mood[np.isnan(late)] = None
    scores = {"alive": alive, "next": last + usual * DAY, "mood": mood}
    if config.lies == "shape":
        return scores | {"alive": alive[:1]}
    return scores | {"more": alive} if config.lies == "names" else scores


@hookimpl
def regulars_models() -> list[ModelKind]:
    return [ModelKind("pace", "The pace of customers", Pace, outputs, reads, fit, score)]
