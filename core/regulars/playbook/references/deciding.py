"""What the plugins of an experiment want: traits for an analysis, arms that a bandit can give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from regulars.errors import PluginError, Problem
from regulars.hooks.attribution import blamed
from regulars.hooks.kinds import Settings
from regulars.playbook.experiments import Decide, Experiment
from regulars.playbook.parts import Kind, Offered
from regulars.playbook.positions import Path

from .fitting import ARTICLE
from .known import Known


def check_decide(known: Known, path: Path, decide: Decide | None) -> Iterator[Problem]:
    """The traits that the analysis asks for are there, and say something in numbers."""
    plugins = known.draft.plugins
    found = _configured(decide, plugins.analyses)
    if found is None:
        return
    kind, config = found
    try:
        with blamed(plugins.blame("analyses", kind.name)):
            traits = list(dict.fromkeys(map(str, kind.traits(config))))
    except PluginError as error:
        yield known.draft.document.problem(path, str(error), at=("use",))
        return
    for trait in traits:
        at = known.written(path, trait)
        yield from known.in_section("traits", "trait", path, at, trait)
        typed = known.trait(trait)
        if typed and typed.type == "text":
            reason = f"{trait} is {ARTICLE[typed.type]}, and {kind.name} reads numbers and times"
            yield known.draft.document.problem(path, reason, at=at)


def check_allocation(known: Known, path: Path, experiment: Experiment) -> Iterator[Problem]:
    """Whether the bandit can give out as many arms as there are."""
    plugins = known.draft.plugins
    found = _configured(experiment.allocation, plugins.allocations)
    if found is None:
        return
    kind, config = found
    try:
        with blamed(plugins.blame("allocations", kind.name)):
            reason = kind.misfit(config, len(experiment.variables()))
    except PluginError as error:
        reason = str(error)
    if reason is not None:
        yield known.draft.document.problem(path, str(reason))


def _configured(part: Offered | None, kinds: Mapping[str, Kind]) -> tuple[Kind, Settings] | None:
    """What the part uses, with its settings; None where those have problems of their own."""
    try:
        return None if part is None else part.configured(kinds)
    except Exception:  # noqa: BLE001 (whatever a plugin's validator raises is told there)
        return None
