"""Telling: what the models of a playbook say that they read and write, by their settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from regulars.errors import PluginError
from regulars.hooks.attribution import blamed
from regulars.hooks.offers import NAME
from regulars.hooks.predictions import Output, OutputType, Reads
from regulars.playbook.draft import Draft


@dataclass(frozen=True)
class Told:
    """What a model reads, and its scores by name."""

    reads: Reads
    outputs: Mapping[str, Output]


def told_by_models(draft: Draft) -> dict[str, Told | str]:
    """What each model with valid settings says, or why it can't be asked."""
    return {
        name: _told(draft, name)
        for name in draft.parts["models"]
        if ("models", name) in draft.settings
    }


def _told(draft: Draft, name: str) -> Told | str:
    use, config = draft.parts["models"][name].use, draft.settings["models", name]
    try:
        with blamed(draft.plugins.blame("models", use)):
            kind = draft.plugins.models[use]
            told = Told(kind.reads(config), dict(kind.outputs(config)))
            _refuse_nonsense(told)
    except PluginError as error:
        return str(error)
    return told


def _refuse_nonsense(told: Told) -> None:
    if not isinstance(told.reads, Reads):
        raise TypeError(f"it reads {told.reads!r}; return Reads")
    if not told.outputs:
        raise ValueError("it has no outputs")
    for name, output in told.outputs.items():
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            raise ValueError(f"{name!r} can't be the name of an output")
        if not isinstance(output, Output) or output.type not in get_args(OutputType):
            raise TypeError(f"its output {name} is {output!r}")
