"""The plan of traits: every value that a playbook needs of its customers' events, each once.

Models read some of them, so what they score is planned beside them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from regulars.playbook.conditions import NotPerformed, Performed
from regulars.playbook.traits import PluginTrait
from regulars.playbook.walking import conditions_now

from .aggregates import Aggregate, of_condition, of_trait
from .groups import bookkeeping, groups_of
from .scores import plan_models, score_columns
from .shapes import shape_of
from .trait_columns import PluginAggregate, TraitColumn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from regulars.hooks.plugins import Plugins
    from regulars.playbook.playbook import Playbook
    from regulars.store import Shape

    from .groups import TraitGroup
    from .scores import PlannedModel, ScoreColumn

LONGEST = 60  # characters of a column's name; PostgreSQL cuts names at 63


@dataclass(frozen=True)
class TraitPlan:
    """Every aggregate that a playbook needs, with its column; its models, with their scores'.

    ``columns`` are the traits in the traits table, in ``groups`` by what makes them stale;
    ``traits`` gives a declared trait's column, ``scores`` that of a score such as ``value.alive``,
    ``shape`` is what the store must hold. Windows are calendar steps in ``zone``.
    """

    columns: tuple[TraitColumn, ...]
    groups: tuple[TraitGroup, ...]
    traits: Mapping[str, TraitColumn]
    by_aggregate: Mapping[Aggregate | PluginAggregate, TraitColumn] = field(repr=False)
    shape: Shape
    zone: ZoneInfo
    models: Mapping[str, PlannedModel]
    scores: Mapping[str, ScoreColumn]

    def trait(self, name: str) -> TraitColumn:
        """The column of the declared trait ``name``; KeyError if there is none."""
        return self.traits[name]

    def inline(self, condition: Performed | NotPerformed) -> TraitColumn:
        """The column that an event condition compares; KeyError outside the plan's playbook."""
        return self.by_aggregate[of_condition(condition)]


def plan_traits(playbook: Playbook, plugins: Plugins) -> TraitPlan:
    """Every aggregate of ``playbook``: of its traits, of segments and of ``if``; its models."""
    columns: dict[Aggregate | PluginAggregate, TraitColumn] = {}
    traits: dict[str, TraitColumn] = {}
    for name, trait in playbook.traits.items():
        computes = _of_plugin(trait, plugins) if isinstance(trait, PluginTrait) else of_trait(trait)
        column = columns.setdefault(computes, TraitColumn(_named("t_", name), computes))
        traits[name] = column
    for _, condition in conditions_now(playbook.segments, playbook.journeys):
        if isinstance(condition, Performed | NotPerformed):
            aggregate = of_condition(condition)
            name = "x_" + _digest(aggregate.signature())
            columns.setdefault(aggregate, TraitColumn(name, aggregate))
    models = plan_models(playbook, plugins)
    groups = groups_of(columns.values())
    shape = shape_of(playbook, columns.values(), models.values())
    return TraitPlan(
        tuple(columns.values()),
        groups,
        traits,
        columns,
        # Those that every run looks through come first: SQLite reads a row from its beginning.
        replace(shape, traits={**bookkeeping(groups), **shape.traits}),
        playbook.timezone,
        models,
        score_columns(models),
    )


def _of_plugin(trait: PluginTrait, plugins: Plugins) -> PluginAggregate:
    kind, config = trait.configured(plugins.traits)
    written = json.dumps([kind.name, dict(trait.settings)], sort_keys=True, default=str)
    return PluginAggregate(kind, config, written, plugins.blame("traits", kind.name))


def _named(prefix: str, name: str) -> str:
    whole = prefix + name
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 17]}_{_digest(name)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
