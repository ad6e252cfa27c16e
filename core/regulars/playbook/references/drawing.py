"""What would be drawn alike: by one seed, or by slices of a layer that overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from regulars.errors import Problem
from regulars.playbook.conditions import Sample
from regulars.playbook.experiments import Experiment, Layer, layer_seed, seed_of
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.playbook.walking import all_conditions

from .known import Known

Named: TypeAlias = tuple[str, Experiment]

ALIKE = "has the same seed, so nobody could tell their effects apart; write another one"


def check_seeds(known: Known, one: Named, other: Named) -> Iterator[Problem]:
    """Two experiments that give everybody the same place; told at the seed that stands later."""
    (first, before), (name, experiment) = one, other
    apart = before.layer and experiment.layer and before.layer.name == experiment.layer.name
    drawn = [(seed_of(n, e), e.unit, e.hash) for n, e in (one, other)]
    if drawn[0] == drawn[1] and not apart:
        here, there = (name, first) if experiment.seed else (first, name)
        path = ("experiments", here)
        yield known.draft.document.problem(path, f"'{there}' {ALIKE}", at=("seed",))


def check_seed(known: Known, name: str, experiment: Experiment) -> Iterator[Problem]:
    """An experiment that gives everybody the same place as a layer, the holdout or a sample."""
    if experiment.hash != "regulars":
        return
    seed, path, parts = seed_of(name, experiment), ("experiments", name), known.draft.parts
    document = known.draft.document
    layers = {e.layer.name for e in parts["experiments"].values() if _cuts(e, experiment.unit)}
    for layer in sorted(layers):
        if seed == layer_seed(layer):
            yield document.problem(path, f"the layer '{layer}' {ALIKE}", at=("seed",))
    if experiment.unit is not None:
        return  # what follows is drawn by customer
    if seed == HOLDOUT_SEED:
        yield document.problem(path, f"the holdout {ALIKE}", at=("seed",))
    for where, condition in all_conditions(parts["segments"], parts["journeys"]):
        if isinstance(condition, Sample) and condition.seed == seed:
            here, there = (path, "a sample") if experiment.seed else (where, f"'{name}'")
            yield document.problem(here, f"{there} {ALIKE}", at=("seed",))


def _cuts(experiment: Experiment, unit: str | None) -> bool:
    """Whether it has a slice of a layer that is cut by ``unit``."""
    return experiment.layer is not None and experiment.unit == unit


def check_layers(known: Known, one: Named, other: Named) -> Iterator[Problem]:
    """Two experiments of one layer whose slices overlap, or whose units differ."""
    (first, before), (name, experiment) = one, other
    mine, theirs = experiment.layer, before.layer
    if mine is None or theirs is None or mine.name != theirs.name:
        return
    path, document = ("experiments", name), known.draft.document
    if _overlap(mine, theirs):
        reason = f"its slice of the layer '{mine.name}' overlaps that of '{first}', "
        reason += f"which is from {theirs.from_} to {theirs.to}"
        yield document.problem(path, reason, at=("layer",))
    if experiment.unit != before.unit:
        units = [f"by {e.unit}" if e.unit else "by customer" for e in (before, experiment)]
        reason = f"a layer is cut by one unit: '{first}' goes {units[0]}, this one {units[1]}"
        at = ("unit",) if experiment.unit else ("layer",)
        yield document.problem(path, f"{reason}; use two layers", at=at)


def _overlap(one: Layer, other: Layer) -> bool:
    return one.from_.share < other.to.share and other.from_.share < one.to.share
