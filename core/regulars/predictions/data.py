"""The data of a model: what it asks for, read from the store in bulk as arrays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.customers.trait_sql import Events, traits_of_all
from regulars.errors import SourceError
from regulars.experiments.arrays import arrays
from regulars.experiments.trial import trial_before
from regulars.hooks.kinds import Moment
from regulars.hooks.predictions import ModelData, ModelEvents
from regulars.instants import DAY, instant, micros
from regulars.playbook.csv_tables import TableError, read_table
from regulars.playbook.traits import event_and_property
from regulars.store.schema import amount_column, text_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from regulars.customers.comparisons import Subject
    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import Reads
    from regulars.hooks.trials import Trial
    from regulars.segments.scope import Scope
    from regulars.store import Store


def model_data(
    connection: Connection, scope: Scope, reads: Reads, *, only: int | None = None
) -> ModelData:
    """What ``reads`` asks for, of everybody in the store as of the instant of ``scope``.

    With ``only``, a customer's number, of that one alone.
    """
    who = select(scope.customer).order_by(scope.customer)
    who = who if only is None else who.where(scope.customer == only)
    (customers,) = arrays(connection, who, np.int64)
    amounts, texts = _by_event(reads.amounts), _by_event(reads.texts)
    read = partial(_of_customers, connection, scope, only)
    return ModelData(
        now=micros(scope.now),
        zone=scope.zone,
        customers=customers,
        events={
            event: _events(
                connection,
                scope,
                customers,
                event,
                sorted(amounts[event]),
                sorted(texts[event]),
                only,
            )
            for event in dict.fromkeys([*reads.events, *amounts, *texts])
        },
        traits={name: read(scope.trait_subject(scope.plan.trait(name))) for name in reads.traits},
        attributes={name: read(scope.attribute_subject(name)) for name in reads.attributes},
        trial=_trial(connection, scope, reads.experiment),
        files={file: _table(scope, file) for file in reads.files},
    )


def narrowed(data: ModelData, reads: Reads) -> ModelData:
    """``data`` with what ``reads`` asks for and nothing beside; the arrays are the same ones."""
    amounts, texts = _by_event(reads.amounts), _by_event(reads.texts)
    events = {
        name: replace(
            data.events[name],
            amounts={each: data.events[name].amounts[each] for each in sorted(amounts[name])},
            texts={each: data.events[name].texts[each] for each in sorted(texts[name])},
        )
        for name in dict.fromkeys([*reads.events, *amounts, *texts])
    }
    return replace(
        data,
        events=events,
        traits={name: data.traits[name] for name in reads.traits},
        attributes={name: data.attributes[name] for name in reads.attributes},
    )


def watched(store: Store, scope: Scope, model: PlannedModel, data: ModelData) -> ModelData:
    """``data`` of ``model`` with the events beside that its scores foresee, read if need be."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for foreseen in model.foreseen.values():
        _, name = event_and_property(foreseen.amount or "")
        wanted[foreseen.event].update({name} if name else ())
    missing = {
        event: names
        for event, names in wanted.items()
        if event not in data.events or not names <= data.events[event].amounts.keys()
    }
    if not missing:
        return data
    with store.reading() as connection:
        found = {
            event: _events(connection, scope, data.customers, event, sorted(names), (), None)
            for event, names in missing.items()
        }
    both = {
        event: replace(
            events,
            amounts={**events.amounts, **data.events[event].amounts},
            texts=data.events[event].texts,
        )
        if event in data.events
        else events
        for event, events in found.items()
    }
    return replace(data, events={**data.events, **both})


def with_earlier(connection: Connection, scope: Scope, reads: Reads, data: ModelData) -> ModelData:
    """``data`` for learning: beside it, what was known at each of the cut-offs before its now."""
    earlier = [as_of(connection, scope, reads, data, data.now - before) for before in reads.cutoffs]
    return replace(data, earlier=earlier)


def as_of(
    connection: Connection, scope: Scope, reads: Reads, data: ModelData, at: int
) -> ModelData:
    """``data`` as it was at the instant ``at`` before its own; attributes have no history."""
    return replace(
        data,
        now=at,
        events={name: events.until(at) for name, events in data.events.items()},
        traits=_traits_then(connection, scope, reads.traits, at),
        trial=None,
        earlier=(),
    )


def _traits_then(
    connection: Connection, scope: Scope, names: Sequence[str], at: int
) -> dict[str, NDArray[np.float64]]:
    """The traits of everybody as of ``at``, computed from the events up to then."""
    if not names:
        return {}
    columns = {name: scope.plan.trait(name) for name in names}
    events = Events.of(connection, scope.tables, Moment(instant(at), scope.zone))
    then = traits_of_all(list(dict.fromkeys(columns.values())), events).subquery("then")
    query = select(*(then.c[column.name] for column in columns.values())).order_by(then.c.id)
    found = arrays(connection, query, *[np.float64] * len(columns))
    return {
        name: _in_units(values, column.type, SCALE if column.in_millionths else 1, at)
        for (name, column), values in zip(columns.items(), found, strict=True)
    }


def _by_event(names: Iterable[str]) -> Mapping[str, set[str]]:
    """``order.total`` as the property ``total`` of ``order``."""
    found: dict[str, set[str]] = defaultdict(set)
    for event, name in map(event_and_property, names):
        found[event].update({name} if name else ())
    return found


def _events(  # noqa: PLR0913, PLR0917 (what is read, of whom, and where)
    connection: Connection,
    scope: Scope,
    customers: NDArray[np.int64],
    name: str,
    amounts: Sequence[str],
    texts: Sequence[str],
    only: int | None,
) -> ModelEvents:
    table = scope.tables.events
    columns = [table.c[amount_column(each)] for each in amounts]
    columns += [table.c[text_column(each)] for each in texts]
    query = (
        select(table.c.customer, table.c.time, table.c.times, *columns)
        .where(scope.events.named(name), table.c.time <= micros(scope.now))
        .order_by(table.c.customer, table.c.time, table.c.id)
    )
    query = query if only is None else query.where(table.c.customer == only)
    kinds = [np.int64] * 3 + [np.float64] * len(amounts) + [object] * len(texts)
    customer, at, times, *values = arrays(connection, query, *kinds)
    return ModelEvents(
        np.searchsorted(customers, customer),
        at,
        times,
        dict(zip(amounts, (value / SCALE for value in values), strict=False)),
        dict(zip(texts, values[len(amounts) :], strict=True)),
    )


def _of_customers(
    connection: Connection, scope: Scope, only: int | None, subject: Subject
) -> NDArray[Any]:
    """A value of each customer, in the order of their numbers."""
    query = select(subject.column).select_from(scope.people).order_by(scope.customer)
    query = query if only is None else query.where(scope.customer == only)
    values: NDArray[Any]
    if subject.type in {"text", "point", "date"}:
        (values,) = arrays(connection, query, object)
        return _days_ago(values, scope) if subject.type == "date" else values
    (values,) = arrays(connection, query, np.float64)
    return _in_units(values, subject.type, subject.scale, micros(scope.now))


def _in_units(values: NDArray[np.float64], type_: str, scale: int, now: int) -> NDArray[np.float64]:
    return (now - values) / DAY if type_ == "time" else values / scale


def _days_ago(dates: NDArray[Any], scope: Scope) -> NDArray[np.float64]:
    """Dates as text, as the number of days that they lie before today."""
    spans = np.datetime64(scope.now.astimezone(scope.zone).date(), "D") - dates.astype("M8[D]")
    return np.where(np.isnat(spans), np.nan, spans.astype(np.float64))


def _trial(connection: Connection, scope: Scope, name: str | None) -> Trial | None:
    """The experiment as earlier runs left it: this one has not given its arms out yet."""
    return None if name is None else trial_before(connection, scope, name)


def _table(scope: Scope, file: str) -> dict[str, NDArray[Any]]:
    """A table beside the playbook, by column."""
    try:
        columns = read_table(scope.playbook.folder / file)
    except TableError as error:
        raise SourceError(f"the file '{file}' {error}") from error
    return {name: np.array(cells, dtype=object) for name, cells in columns.items()}
