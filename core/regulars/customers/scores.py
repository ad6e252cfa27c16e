"""The plan of scores: the models of a playbook, what they read, and the columns they fill."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regulars.hooks.attribution import blamed
from regulars.stored import score_column
from regulars.values import jsonable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from regulars.hooks.kinds import ModelKind
    from regulars.hooks.plugins import Plugins
    from regulars.hooks.predictions import Foresees, Output, OutputType, Reads
    from regulars.playbook.models import Model
    from regulars.playbook.playbook import Playbook


@dataclass(frozen=True)
class ScoreColumn:
    """One column of the scores table; ``name`` is its key."""

    name: str
    type: OutputType


@dataclass(frozen=True)
class PlannedModel:
    """A model of the playbook, with what its kind says of it.

    ``digest`` is equal where fitting would do the same; ``blame`` is who failed if it does, see
    ``Plugins.blame``.
    """

    name: str
    written: Model
    kind: ModelKind = field(repr=False)
    config: BaseModel = field(repr=False)
    outputs: Mapping[str, Output]
    reads: Reads
    digest: bytes
    blame: str

    @property
    def foreseen(self) -> dict[str, Foresees]:
        """What its scores say of the future, by output: of those that are numbers."""
        numbers = {name: out for name, out in self.outputs.items() if out.type == "number"}
        return {name: out.foresees for name, out in numbers.items() if out.foresees is not None}


def plan_models(playbook: Playbook, plugins: Plugins) -> dict[str, PlannedModel]:
    """The models of ``playbook`` by name.

    Raises:
        PluginError: a plugin failed when it was asked what its model reads and writes.
    """
    return {name: _planned(playbook, plugins, name) for name in playbook.models}


def score_columns(models: Mapping[str, PlannedModel]) -> dict[str, ScoreColumn]:
    """The columns of every score by its name, such as ``value.alive``."""
    return {
        f"{name}.{output}": ScoreColumn(score_column(f"{name}.{output}"), known.type)
        for name, model in models.items()
        for output, known in model.outputs.items()
    }


def _planned(playbook: Playbook, plugins: Plugins, name: str) -> PlannedModel:
    written = playbook.models[name]
    kind, config = written.configured(plugins.models)
    blame = plugins.blame("models", kind.name)
    with blamed(blame):
        outputs, reads = dict(kind.outputs(config)), kind.reads(config)
    by = plugins.offered_by("models", kind.name)  # with its version: another may fit otherwise
    digest = _digest([by, kind.name, dict(written.settings), _traits(playbook, reads)])
    return PlannedModel(name, written, kind, config, outputs, reads, digest, blame)


def _traits(playbook: Playbook, reads: Reads) -> dict[str, object]:
    """The definitions of the traits that a model reads."""
    return {
        name: jsonable(playbook.traits[name].model_dump(by_alias=True, exclude_defaults=True))
        for name in reads.traits
    }


def _digest(what: object) -> bytes:
    text = json.dumps(what, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
