"""Push-down: one statement that finds the members of segments where the data is.

It reads tables with the names and columns of the store's own, looks up events by their names and
has every value written out, so that it needs nothing but those tables.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, case, literal, select, union_all
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import visitors

from regulars.customers.event_sql import Events
from regulars.customers.trait_columns import PluginAggregate
from regulars.customers.trait_sql import traits_of_all
from regulars.customers.traits import plan_traits
from regulars.errors import PlaybookError, Problem, StoreError
from regulars.hooks.kinds import Moment
from regulars.store.schema import Tables
from regulars.store.tables import event_names

from .scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause, Select, Subquery, Table

    from regulars.customers.trait_columns import TraitColumn
    from regulars.playbook.loading import Loaded

NOT_PUSHED = {"source", "key", "properties"}  # columns of events that no condition reads


class _Plain(DefaultDialect):
    """SQL as its standard has it."""

    supports_native_boolean = True


class _ByName(dict[str, Any]):
    """What stands for an event's name is that name."""

    def get(self, name: str, _default: Any = None) -> str:
        return name


@dataclass(frozen=True)
class _Asked:
    """The segments that are asked for, in one playbook at one instant."""

    loaded: Loaded
    scope: Scope
    segments: tuple[str, ...]


def pushed_down(
    loaded: Loaded, now: datetime, warehouse: str, segments: Sequence[str] | None = None
) -> str:
    """The statement whose rows are the members at ``now``: ``segment`` and ``customer``, their id.

    ``warehouse`` is a database by the name of its dialect; without ``segments`` it is all of them.

    Raises:
        PlaybookError: there is no segment, or one that ``warehouse`` can't find; what to do.
        StoreError: the extra isn't installed.
    """
    try:
        from .warehouses import Untold, written_for  # noqa: PLC0415 (needs an extra)
    except ModuleNotFoundError as error:
        raise StoreError(f"to write for {warehouse}: pip install 'regulars[pushdown]'") from error
    asked = _Asked(loaded, _scope(loaded, now), tuple(segments or loaded.playbook.segments))
    if not asked.segments:
        raise _problem(loaded, ("segments",), "there is no segment to find the members of; add one")
    try:
        return written_for(warehouse, _written(_members(asked)))
    except (CompileError, Untold) as whole:
        for path, part in _parts(asked):
            try:
                written_for(warehouse, _written(part))
            except (CompileError, Untold) as error:
                raise _problem(loaded, path, _reason(error, warehouse)) from error
        raise _problem(loaded, ("segments",), _reason(whole, warehouse)) from whole


def _scope(loaded: Loaded, now: datetime) -> Scope:
    """What names mean in tables that nobody has opened."""
    playbook, plugins = loaded.playbook, loaded.plugins
    plan = plan_traits(playbook, plugins)
    tables = Tables.of(plan.shape.columns())
    happened = replace(tables, events=typing.cast("Table", _happened(tables.events)))
    # A row may stand for several events: it can't be known that none does.
    events = Events(happened, Moment(now, playbook.timezone), _ByName(), rolled_up=True)
    return Scope(playbook, plugins, plan, tables, now, events)


def _happened(events: Table) -> Subquery:
    """The events with their names: the numbers of names differ from store to store."""
    read = [column for key, column in events.c.items() if key not in {*NOT_PUSHED, "name"}]
    named = events.join(event_names, event_names.c.id == events.c.name)
    return select(*read, event_names.c.name.label("name")).select_from(named).subquery("happened")


def _members(asked: _Asked) -> Select[Any]:
    """Every customer is looked at once, and then told for each segment that they are inside."""
    columns = [f"s_{number}" for number, _ in enumerate(asked.segments, 1)]
    evaluated = _evaluated(asked, columns).cte("evaluated")
    names = union_all(
        *(
            select(literal(number).label("number"), literal(name).label("segment"))
            for number, name in enumerate(asked.segments, 1)
        )
    ).subquery("names")
    inside = case(
        *((names.c.number == number, evaluated.c[name]) for number, name in enumerate(columns, 1))
    )
    return select(names.c.segment, evaluated.c.customer).where(inside == 1)


def _evaluated(asked: _Asked, columns: Sequence[str]) -> Select[Any]:
    """Every customer's id, with 1 in the column of each segment that they are inside."""
    people, tests = _conditions(asked)
    flags = [
        case((test, 1), else_=0).label(name) for name, test in zip(columns, tests, strict=True)
    ]
    key = asked.scope.tables.customers.c.key.label("customer")
    return select(key, *flags).select_from(people)


def _conditions(asked: _Asked) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """The conditions of segments, over what they need of customers and no more."""
    scope, tables = asked.scope, asked.scope.tables
    tests = [scope.condition(asked.loaded.playbook.segments[name]) for name in asked.segments]
    read = {part for test in tests for part in visitors.iterate(test) if isinstance(part, Column)}
    people: FromClause = tables.customers
    traits = [each for each in scope.plan.columns if tables.traits.c[each.name] in read]
    if traits:
        computed = _computed(traits, scope.events)
        people = people.outerjoin(computed, computed.c.customer == tables.customers.c.id)
        tests = [_instead(test, tables.traits, computed) for test in tests]
    if any(column.table is tables.scores for column in read):
        people = people.outerjoin(tables.scores, tables.scores.c.customer == tables.customers.c.id)
    return people, tests


def _instead(test: ColumnElement[bool], table: Table, computed: Subquery) -> ColumnElement[bool]:
    """``test`` over what is computed here, not over what a run keeps in ``table``."""

    def column(element: Any, **_: Any) -> ColumnElement[Any] | None:
        mine = isinstance(element, Column) and element.table is table
        return computed.c[element.key] if mine else None

    return visitors.replacement_traverse(test, {}, column)


def _computed(traits: Sequence[TraitColumn], events: Events) -> Subquery:
    query = traits_of_all(traits, events)
    customer, *values = query.selected_columns
    return query.with_only_columns(customer.label("customer"), *values).subquery("computed")


def _written(statement: Select[Any]) -> str:
    return str(statement.compile(dialect=_Plain(), compile_kwargs={"literal_binds": True}))


def _parts(asked: _Asked) -> Iterator[tuple[tuple[str, ...], Select[Any]]]:
    """What may be to blame, the smallest first: plugins' traits, then segments."""
    for name, column in asked.scope.plan.traits.items():
        if isinstance(column.computes, PluginAggregate):
            yield ("traits", name), traits_of_all([column], asked.scope.events)
    for name in asked.segments:
        yield ("segments", name), _members(replace(asked, segments=(name,)))


def _reason(error: Exception, warehouse: str) -> str:
    said = " ".join(str(error).split("\n")[0].split()).rstrip(".")
    return (
        f"this can't be written for {warehouse}: {said}; leave it to a run, or write it in the "
        "words of the playbook"
    )


def _problem(loaded: Loaded, path: tuple[str, ...], reason: str) -> PlaybookError:
    return PlaybookError([Problem(*loaded.place(path), ".".join(path), reason)])
