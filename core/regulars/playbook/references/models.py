"""What models read: events, properties, traits, attributes, experiments, files."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.errors import Problem
from regulars.hooks.predictions import Reads
from regulars.playbook.csv_tables import TableError, read_table
from regulars.playbook.models import Model
from regulars.playbook.positions import Path
from regulars.playbook.suggestions import unknown
from regulars.playbook.traits import event_and_property

from .known import Known
from .telling import Told


def check_models(known: Known) -> Iterator[Problem]:
    """Every model whose settings are valid."""
    for name, told in known.models.items():
        path = ("models", name)
        yield from _split(known, path, known.draft.parts["models"][name])
        if isinstance(told, str):
            yield known.draft.document.problem(path, told, at=("use",))
        else:
            yield from _events(known, path, told.reads)
            yield from _names(known, path, told.reads)
            yield from _files(known, path, told.reads)


def _events(known: Known, path: Path, reads: Reads) -> Iterator[Problem]:
    pairs = [event_and_property(name) for name in (*reads.amounts, *reads.texts)]
    for event in dict.fromkeys([*reads.events, *(event for event, _ in pairs)]):
        yield from known.events.event(path, known.written(path, event), event)
    for event, name in pairs:
        if name is not None:
            at = known.written(path, name, f"{event}.{name}")
            yield from known.events.property(path, at, event, name)


def _names(known: Known, path: Path, reads: Reads) -> Iterator[Problem]:
    for trait in reads.traits:
        at = known.written(path, trait)
        if trait.removeprefix("score.") in known.scores:
            reason = f"a model can't read the score '{trait}' of a model; it can read traits"
            yield known.draft.document.problem(path, reason, at=at)
            continue
        yield from known.in_section("traits", "trait", path, at, trait)
        if (typed := known.trait(trait)) and typed.type == "text":
            reason = f"a model reads traits that are numbers or times, and {trait} is text"
            yield known.draft.document.problem(path, reason, at=at)
    for attribute in reads.attributes:
        yield from known.is_attribute(path, known.written(path, attribute), attribute)
    if (name := reads.experiment) is not None:
        at = known.written(path, name)
        yield from known.in_section("experiments", "experiment", path, at, name)


def _files(known: Known, path: Path, reads: Reads) -> Iterator[Problem]:
    """The tables beside the playbook that can't be read."""
    for file in reads.files:
        try:
            read_table(known.draft.path.parent / file)
        except TableError as error:
            reason = f"the file '{file}' {error}"
            yield known.draft.document.problem(path, reason, at=known.written(path, file))


def _split(known: Known, path: Path, model: Model) -> Iterator[Problem]:
    """The experiment, its arms, and the models that they have."""
    if model.split is None:
        return
    yield from known.in_section("experiments", "experiment", path, ("split",), model.split)
    experiment = known.draft.parts["experiments"].get(model.split)
    if experiment is not None and experiment.by:
        reason = f"the model '{path[1]}' gives its arms out before it is known who is in a segment"
        reason += ", so it can't be read by segments; leave out 'by'"
        at = ("experiments", model.split)
        yield known.draft.document.problem(at, reason, at=("by",), key=True)
    for arm, other in (model.arms or {}).items():
        if experiment is not None and arm not in experiment.variables():
            reason = unknown("arm", arm, experiment.variables())
            yield known.draft.document.problem(path, reason, at=("arms", arm), key=True)
        yield from known.in_section("models", "model", path, ("arms", arm), other)
        if unfit := _unfit(known, str(path[1]), other):
            yield known.draft.document.problem(path, unfit, at=("arms", arm))


def _unfit(known: Known, name: str, other: str) -> str | None:
    """Why the model ``other`` can't score in the place of the model ``name``."""
    own, theirs = known.models.get(name), known.models.get(other)
    if not isinstance(own, Told) or not isinstance(theirs, Told):
        return None
    if known.draft.parts["models"][other].split is not None:
        return f"the model '{other}' has a split itself; name one without"
    for output, promised in own.outputs.items():
        said = theirs.outputs.get(output)
        if said is None or said.type != promised.type:
            return f"the model '{other}' has no score '{output}' as '{name}' has"
    return None
