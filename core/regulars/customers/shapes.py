"""The shape of a store that a playbook needs: attributes, event properties, traits, scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regulars.hooks.attribution import blamed
from regulars.playbook.conditions import NotPerformed, Performed, Sample
from regulars.playbook.experiments import layer_seed, seed_of
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.playbook.sources import BUILT_IN
from regulars.playbook.traits import event_and_property
from regulars.playbook.triggers import EventTrigger
from regulars.playbook.walking import all_conditions, conditions_since_entry
from regulars.store.schema import Draw, Shape

from .aggregates import Aggregate, of_condition, of_goal
from .properties import reads_number, reads_text
from .scores import score_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from regulars.playbook.experiments import Experiment
    from regulars.playbook.playbook import Playbook

    from .aggregates import Where
    from .scores import PlannedModel
    from .trait_columns import PluginAggregate, TraitColumn


@dataclass(frozen=True)
class _Properties:
    """Event properties by how they are read: as text, compared with a number, computed with."""

    texts: set[str] = field(default_factory=set)
    compared: set[str] = field(default_factory=set)
    totals: set[str] = field(default_factory=set)

    def of_aggregate(self, aggregate: Aggregate) -> None:
        self.of_where(aggregate.where)
        if aggregate.reads is not None:
            read = self.totals if aggregate.reads_number else self.texts
            read.add(aggregate.reads)

    def of_where(self, where: Where) -> None:
        for name, comparison in where.items():
            for word, value in comparison.words().items():
                if reads_text(word, value):
                    self.texts.add(name)
                if reads_number(word, value):
                    self.compared.add(name)

    def of_plugin(self, trait: PluginAggregate) -> None:
        with blamed(trait.blame):
            amounts = {_property(name) for name in trait.kind.amounts(trait.config)}
            named = {_property(name) for name in trait.kind.properties(trait.config)}
        self.totals.update(amounts - {""})
        self.texts.update(named - amounts - {""})

    def of_model(self, model: PlannedModel) -> None:
        self.totals.update(_property(name) for name in model.reads.amounts)
        self.texts.update(_property(name) for name in model.reads.texts)
        sums = [known.amount for known in model.foreseen.values() if known.amount is not None]
        self.totals.update(_property(name) for name in sums)


def shape_of(
    playbook: Playbook, columns: Collection[TraitColumn], models: Collection[PlannedModel] = ()
) -> Shape:
    """What the store must hold for ``playbook``: attributes, read properties, traits, scores."""
    properties = _Properties()
    for column in columns:
        if isinstance(column.computes, Aggregate):
            properties.of_aggregate(column.computes)
        else:
            properties.of_plugin(column.computes)
    for model in models:
        properties.of_model(model)
    for journey in playbook.journeys.values():
        if isinstance(journey.when, EventTrigger):
            properties.of_where(journey.when.where)
            properties.texts.update(key for key in (journey.when.key,) if key is not None)
    for _, condition in conditions_since_entry(playbook.journeys):
        if isinstance(condition, Performed | NotPerformed):
            properties.of_aggregate(of_condition(condition))
    for experiment in playbook.experiments.values():
        for aggregate in (side for goal in experiment.goals for side in of_goal(goal)):
            properties.of_aggregate(aggregate)
    scores = score_columns({model.name: model for model in models})
    return Shape(
        attributes=_declared(playbook),
        texts=frozenset(properties.texts),
        amounts=frozenset(properties.compared | properties.totals),
        totals=frozenset(properties.totals),
        samples=_seeds(playbook),
        draws=_draws(playbook),
        traits={column.name: column.type for column in columns},
        scores={column.name: column.type for column in scores.values()},
    )


def _seeds(playbook: Playbook) -> frozenset[str]:
    """What customers are given a stable share for by their id: samples and the holdout."""
    conditions = all_conditions(playbook.segments, playbook.journeys)
    seeds = {condition.seed for _, condition in conditions if isinstance(condition, Sample)}
    return frozenset(seeds | ({HOLDOUT_SEED} if playbook.policy.holdout else set()))


def _draws(playbook: Playbook) -> dict[Draw, str]:
    """The draws of the experiments, each with the type of the attribute that is drawn for."""
    types = playbook.attribute_types()
    return {
        draw: types[draw.unit or "id"]
        for name, experiment in playbook.experiments.items()
        for draw in draws_of(name, experiment)
    }


def draws_of(name: str, experiment: Experiment) -> list[Draw]:
    """The shares that give the experiment's arms out: for the arm, of the unit, of the layer."""
    seed, unit = seed_of(name, experiment), experiment.unit or ""
    draws = [Draw(seed, unit, experiment.hash)]
    if unit:
        draws.append(Draw(seed, unit))
    if experiment.layer is not None:
        draws.append(Draw(layer_seed(experiment.layer.name), unit))
    return draws


def _declared(playbook: Playbook) -> dict[str, str]:
    attributes = playbook.customer.attributes
    return {name: item.type for name, item in attributes.items() if name not in BUILT_IN}


def _property(name: str) -> str:
    """``total`` of ``order.total`` or of ``total``."""
    event, rest = event_and_property(name)
    return rest or event
