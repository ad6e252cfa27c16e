"""Looking back: what a playbook computes of events that are older than it keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.customers.aggregates import Aggregate, of_condition, of_trait
from regulars.customers.properties import reads_number
from regulars.errors import Problem
from regulars.playbook.conditions import NotPerformed, Performed
from regulars.playbook.positions import written
from regulars.playbook.traits import PluginTrait
from regulars.playbook.triggers import InactiveTrigger
from regulars.playbook.walking import all_conditions, conditions_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regulars.playbook.conditions import Condition
    from regulars.playbook.loading import Loaded
    from regulars.playbook.playbook import Playbook
    from regulars.playbook.positions import Path
    from regulars.playbook.retention import Retention
    from regulars.values import Duration

EXTREMES = ("largest", "smallest")
LOOKED_UP = ("first", "last", "most_common")


def check_retention(loaded: Loaded) -> Iterator[Problem]:
    """What needs events that are not kept, or single ones where these are rolled up."""
    playbook = loaded.playbook
    retention = playbook.retention
    if retention is None:
        return
    for path, within in _goals(playbook):
        if not retention.covers(within):
            told = f"it counts for {within}, and events are kept for {retention.events}: keep them"
            told += " for as long as the experiment goes on and its goals count"
            yield Problem(*loaded.place(path), written(path), told)
    if retention.then != "roll_up":
        return
    conditions = all_conditions(playbook.segments, playbook.journeys)
    for path, aggregate in _beyond(playbook, retention, conditions):
        if reason := _needs_single(aggregate):
            told = f"{reason}, and those older than {retention.events} are rolled up into one a "
            told += f"month: look back {retention.events} at most (within), or drop them"
            yield Problem(*loaded.place(path), written(path), told)


def forgets(playbook: Playbook) -> str | None:
    """What a person should know who reads ``playbook``: what counts only the events it keeps."""
    retention = playbook.retention
    if retention is None or retention.then != "drop":
        return None
    conditions = conditions_now(playbook.segments, playbook.journeys)
    places = [written(path) for path, _ in _beyond(playbook, retention, conditions)]
    for name, journey in playbook.journeys.items():
        trigger = journey.when
        if isinstance(trigger, InactiveTrigger) and not retention.covers(trigger.for_):
            places.append(f"journeys.{name}.when")
    if not places:
        return None
    return f"events are kept for {retention.events}; no further look back: {', '.join(places)}"


def _goals(playbook: Playbook) -> Iterator[tuple[Path, Duration]]:
    """How long each goal counts."""
    for name, experiment in playbook.experiments.items():
        for place, goal in enumerate(experiment.goals):
            yield ("experiments", name, "goals", place, "within"), goal.within


def _beyond(
    playbook: Playbook, retention: Retention, conditions: Iterable[tuple[Path, Condition]]
) -> Iterator[tuple[Path, Aggregate | None]]:
    """What looks further back than events are kept; None is a plugin's, which may."""
    for name, trait in playbook.traits.items():
        if isinstance(trait, PluginTrait):
            yield ("traits", name), None
        elif not retention.covers(trait.within):
            yield ("traits", name), of_trait(trait)
    for path, condition in conditions:
        if not isinstance(condition, Performed | NotPerformed):
            continue
        if not retention.covers(condition.within):
            yield path, of_condition(condition)


def _needs_single(aggregate: Aggregate | None) -> str | None:
    """Why ``aggregate`` can't be had of events that were rolled up, if it can't."""
    if aggregate is None:
        return "a plugin's trait needs single events"
    if aggregate.within is not None:
        return f"within: {aggregate.within} needs single events"
    by_number = aggregate.kind in LOOKED_UP and aggregate.reads_number
    if aggregate.kind in EXTREMES or by_number:
        return f"{aggregate.kind} of a number needs single events"
    for name, comparison in aggregate.where.items():
        if any(reads_number(word, value) for word, value in comparison.words().items()):
            return f"comparing {name} with a number needs single events"
    return None
