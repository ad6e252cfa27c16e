"""What experiments name: segments, attributes, traits; and whether they can be given out so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from regulars.errors import PluginError, Problem
from regulars.hooks.attribution import blamed
from regulars.hooks.kinds import Settings
from regulars.playbook.experiments import Experiment, Layer
from regulars.playbook.parts import Kind, Offered
from regulars.playbook.positions import ListNode, MapNode, Path, ScalarNode, plain

from .fitting import ARTICLE
from .goals import check_goal
from .known import Known

NOBODY = "none"  # what is printed as the arm of whoever takes no part
ITSELF = "name"  # what templates call the arm itself, beside its variables


def check_experiments(known: Known) -> Iterator[Problem]:
    """Every experiment, and those that share a layer."""
    experiments: Mapping[str, Experiment] = known.draft.parts["experiments"]
    for name, experiment in experiments.items():
        path = ("experiments", name)
        yield from _names(known, path, experiment)
        for place, segment in enumerate(experiment.by):
            yield from known.in_section("segments", "segment", path, ("by", place), segment)
        if experiment.unit is not None:
            yield from known.is_attribute(path, ("unit",), experiment.unit)
        for place, goal in enumerate(experiment.goals):
            yield from check_goal(known, (*path, "goals", place), goal)
        yield from _goals(known, path, experiment)
        yield from _traits(known, path, experiment)
        yield from _allocation(known, path, experiment)
    for pair in combinations(((n, e) for n, e in experiments.items() if e.layer), 2):
        yield from _layers(known, *pair)


def _names(known: Known, path: Path, experiment: Experiment) -> Iterator[Problem]:
    """Arms and variables that are called what means something else."""
    document, arms = known.draft.document, experiment.arms or {}
    if NOBODY in arms:
        reason = f"an arm can't be called '{NOBODY}': so are those who take no part; rename it"
        yield document.problem((*path, "arms"), reason, at=(NOBODY,), key=True)
    for arm, variables in arms.items():
        if ITSELF in variables:
            reason = f"'{ITSELF}' is the arm itself in templates; rename this variable"
            yield document.problem((*path, "arms", arm), reason, at=(ITSELF,), key=True)
    factors = experiment.factors or {}
    if ITSELF in factors:
        reason = f"'{ITSELF}' is the arm itself in templates; rename this factor"
        yield document.problem((*path, "factors"), reason, at=(ITSELF,), key=True)
    if NOBODY in experiment.levels():
        reason = f"an arm can't be called '{NOBODY}': so are those who take no part"
        (factor,) = factors
        at = (factor, factors[factor].index(NOBODY))
        yield document.problem((*path, "factors"), f"{reason}; rename this level", at=at)


def _goals(known: Known, path: Path, experiment: Experiment) -> Iterator[Problem]:
    """Each goal has a name of its own, and whatever goes by goals has one."""
    document = known.draft.document
    entry = document.section(*map(str, path)).get("goals")
    written = plain(entry.node) if entry else []
    seen: set[object] = set()
    for place, goal in enumerate(written if isinstance(written, list) else []):
        name = goal.get("id") if isinstance(goal, dict) else None
        if isinstance(name, str) and name in seen:
            reason = f"another goal is called '{name}'; give this one another id"
            yield document.problem((*path, "goals", place), reason, at=("id",))
        seen.add(name if isinstance(name, str) else None)
    for word in ("decide", "allocation"):
        if written == [] and getattr(experiment, word) is not None:
            reason = f"'{word}' needs a goal to go by, and the first one counts; write goals"
            yield document.problem(path, reason, at=(word,), key=True)


# ------------------------------------------------------------------ plugins


def _configured(part: Offered | None, kinds: Mapping[str, Kind]) -> tuple[Kind, Settings] | None:
    """What the part uses, with its settings; None where those have problems of their own."""
    try:
        return None if part is None else part.configured(kinds)
    except Exception:  # noqa: BLE001 (whatever a plugin's validator raises is told there)
        return None


def _traits(known: Known, path: Path, experiment: Experiment) -> Iterator[Problem]:
    """The traits that the analysis asks for are there, and say something in numbers."""
    path, plugins = (*path, "decide"), known.draft.plugins
    found = _configured(experiment.decide, plugins.analyses)
    if found is None:
        return
    kind, config = found
    try:
        with blamed(plugins.blame("analyses", kind.name)):
            traits = list(dict.fromkeys(kind.traits(config)))
    except PluginError as error:
        yield known.draft.document.problem(path, str(error), at=("use",))
        return
    for trait in traits:
        at = _written(known, path, trait)
        yield from known.in_section("traits", "trait", path, at, trait)
        typed = known.trait(trait)
        if typed and typed.type == "text":
            reason = f"{trait} is {ARTICLE[typed.type]}, and {kind.name} reads numbers and times"
            yield known.draft.document.problem(path, reason, at=at)


def _written(known: Known, path: Path, trait: str) -> Path:
    """Where the settings at ``path`` name the trait; they are the plugin's own words."""
    entry = known.draft.document.entry(path)
    for word, (_, node) in entry.node.entries.items() if isinstance(entry.node, MapNode) else ():
        if isinstance(node, ScalarNode) and node.value == trait:
            return (word,)
        for place, item in enumerate(node.items if isinstance(node, ListNode) else ()):
            if isinstance(item, ScalarNode) and item.value == trait:
                return (word, place)
    return ("use",)


def _allocation(known: Known, path: Path, experiment: Experiment) -> Iterator[Problem]:
    """Whether the bandit can give out as many arms as there are."""
    path, plugins = (*path, "allocation"), known.draft.plugins
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
        yield known.draft.document.problem(path, reason)


# ------------------------------------------------------------------ layers


def _layers(
    known: Known, one: tuple[str, Experiment], other: tuple[str, Experiment]
) -> Iterator[Problem]:
    """Two experiments of one layer that share customers; told at the one that stands later."""
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
