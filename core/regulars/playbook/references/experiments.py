"""What experiments name: segments, attributes; and that each of their names means one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from regulars.errors import Problem
from regulars.playbook.experiments import ITSELF, Experiment
from regulars.playbook.positions import Path, plain

from .deciding import check_allocation, check_decide
from .drawing import check_layers, check_seed, check_seeds
from .goals import check_goal
from .known import Known

NOBODY = "none"  # what is printed as the arm of whoever takes no part


def check_experiments(known: Known) -> Iterator[Problem]:
    """Every experiment, and every two of them."""
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
        yield from check_decide(known, (*path, "decide"), experiment.decide)
        yield from check_allocation(known, (*path, "allocation"), experiment)
        yield from check_seed(known, name, experiment)
    for pair in combinations(experiments.items(), 2):
        yield from check_seeds(known, *pair)
        yield from check_layers(known, *pair)


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
