"""Facts: what was true of customers when they were given an arm, before it could change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, case, cast, literal, select

from regulars.hooks.attribution import blamed
from regulars.instants import DAY
from regulars.store import insert_from, tables
from regulars.store.tables import Instant, Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from regulars.customers.comparisons import Subject
    from regulars.playbook.experiments import Experiment
    from regulars.segments.scope import Scope

TRAIT, SEGMENT = "trait:", "segment:"  # what the names of facts begin with


def note_facts(connection: Connection, scope: Scope, name: str, who: Select[Any], at: int) -> None:
    """Keep what is true now of those among ``who`` who were exposed to ``name`` at ``at``.

    Traits that the experiment's analysis asks for, and whether they are in the segments of ``by``.
    """
    experiment, exposed = scope.playbook.experiments[name], tables.exposures
    mine = (exposed.c.experiment == name, exposed.c.at == at, exposed.c.customer.in_(who))
    for fact, value in _facts(scope, name, experiment, at):
        rows = (
            select(exposed.c.experiment, exposed.c.customer, literal(fact, Name), value)
            .select_from(scope.people_of(exposed, exposed.c.customer))
            .where(*mine, value.is_not(None))
        )
        columns = ("experiment", "customer", "name", "value")
        insert_from(connection, tables.exposure_facts, columns, rows, skip_existing=True)


def traits_wanted(scope: Scope, name: str, experiment: Experiment) -> Sequence[str]:
    """The traits that somebody wants to know as they were at exposure to the experiment ``name``.

    That is its analysis, and models that learn from it.

    Raises:
        PluginError: the analysis fails when it is asked.
    """
    models = (model.reads for model in scope.plan.models.values())
    wanted = [trait for reads in models if reads.experiment == name for trait in reads.traits]
    if experiment.decide is not None:
        kind, config = experiment.decide.configured(scope.plugins.analyses)
        with blamed(scope.plugins.blame("analyses", kind.name)):
            wanted += kind.traits(config)
    return list(dict.fromkeys(wanted))


def _facts(
    scope: Scope, name: str, experiment: Experiment, at: int
) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """Names of facts, each with its value; text says nothing to an analysis."""
    for trait in traits_wanted(scope, name, experiment):
        if trait in scope.plan.traits:
            subject = scope.trait_subject(scope.plan.trait(trait))
            if subject.type != "text":
                yield TRAIT + trait, _number(subject, at)
    for segment in experiment.by:
        yield SEGMENT + segment, case((_inside(segment), 1.0), else_=0.0)


def _number(subject: Subject, at: int) -> ColumnElement[Any]:
    """A trait in its own unit; of a time, how many days ago it was."""
    if subject.type == "time":
        return cast(literal(at, Instant) - subject.column, Double) / DAY
    return cast(subject.column, Double) / subject.scale


def _inside(segment: str) -> ColumnElement[bool]:
    members, segments = tables.members, tables.segments
    inside = select(members.c.customer).join(segments, segments.c.id == members.c.segment)
    mine = members.c.customer == tables.exposures.c.customer
    return inside.where(segments.c.name == segment, mine).correlate(tables.exposures).exists()
