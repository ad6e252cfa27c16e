"""A loose plugin file: one small honest model, and some that don't keep their word."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from regulars.hooks import (
    Fitted,
    Foresees,
    Measure,
    ModelData,
    ModelKind,
    Output,
    Reads,
    Settings,
    hookimpl,
)

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
        "mood": Output("a word", "text", one_of=("early", "late")),
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


class Comeback(Settings):
    """Whether customers come back: as often as they did since they first came."""

    event: str
    days: int = 14
    far: int | None = None
    amount: str | None = None
    traits: tuple[str, ...] = ()
    blind: bool = False
    least: int = 1
    breaks_before: int = 0


def foretold(config: Comeback) -> dict[str, Output]:
    def of(unit: str, measure: Measure, days: int = config.days, high: int | None = None) -> Output:
        amount = f"{config.event}.{config.amount}" if measure == "sum" else None
        return Output(unit, "number", 0, high, Foresees(config.event, days * DAY, measure, amount))

    found = {
        "back": of("probability", "any", high=1),
        "gone": of("probability", "none", high=1),
        "orders": of("orders", "events"),
        "on": of("days", "days"),
    }
    if config.amount:
        found["spend"] = of("money", "sum")
    return found | ({"later": of("probability", "any", config.far, 1)} if config.far else {})


def looks_at(config: Comeback) -> Reads:
    events = [] if config.blind else [config.event]
    return Reads(events=events, traits=config.traits, cutoffs=[config.days * DAY])


def remember(config: Comeback, data: ModelData, _seed: int) -> Any:
    if data.now < config.breaks_before * DAY:
        raise ZeroDivisionError("too early")
    known = sum(len(events) for events in data.events.values())
    if known < config.least:
        return f"{known} events; {config.least} are needed"
    before = data.earlier[0]
    means = {name: float(np.nansum(values)) for name, values in before.traits.items()}
    return Fitted({"before": means, "now": before.now, "events": known})


def foretell(config: Comeback, _fitted: Fitted, data: ModelData) -> dict[str, Any]:
    if config.blind:
        rate = np.nan_to_num(data.traits[config.traits[0]]) / 30
    else:
        events = data.events[config.event]
        first = np.full(len(data), np.nan)
        first[events.customer[::-1]] = events.at[::-1]
        count = np.bincount(events.customer, events.times, len(data))
        rate = count / np.maximum((data.now - first) / DAY, 1)
    back = 1 - np.exp(-rate * config.days)
    said = {"back": back, "gone": 1 - back, "orders": rate * config.days, "on": rate * config.days}
    if config.amount:
        said["spend"] = 5 * rate * config.days
    return said | ({"later": 1 - np.exp(-rate * config.far)} if config.far else {})


@hookimpl
def regulars_models() -> list[ModelKind]:
    return [
        ModelKind("pace", "The pace of customers", Pace, outputs, reads, fit, score),
        ModelKind("comeback", "Who is back", Comeback, foretold, looks_at, remember, foretell),
    ]
