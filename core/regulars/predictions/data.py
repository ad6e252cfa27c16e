"""The data of a model: what it asks for, read from the store in bulk as arrays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.experiments.allocating import just_before
from regulars.experiments.arrays import arrays
from regulars.experiments.trial import trial_of
from regulars.hooks.predictions import ModelData, ModelEvents
from regulars.instants import DAY, micros
from regulars.playbook.traits import event_and_property
from regulars.store.schema import amount_column, text_column

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from regulars.customers.comparisons import Subject
    from regulars.hooks.predictions import Reads
    from regulars.hooks.trials import Trial
    from regulars.segments.scope import Scope


def model_data(connection: Connection, scope: Scope, reads: Reads) -> ModelData:
    """What ``reads`` asks for, of everybody in the store as of the instant of ``scope``."""
    (customers,) = arrays(connection, select(scope.customer).order_by(scope.customer), np.int64)
    amounts, texts = _by_event(reads.amounts), _by_event(reads.texts)
    return ModelData(
        now=micros(scope.now),
        zone=scope.zone,
        customers=customers,
        events={
            event: _events(connection, scope, customers, event, amounts[event], texts[event])
            for event in dict.fromkeys([*reads.events, *amounts, *texts])
        },
        traits={
            name: _of_customers(connection, scope, scope.trait_subject(scope.plan.trait(name)))
            for name in reads.traits
        },
        attributes={
            name: _of_customers(connection, scope, scope.attribute_subject(name))
            for name in reads.attributes
        },
        trial=_trial(connection, scope, reads.experiment),
    )


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
    amounts: Collection[str],
    texts: Collection[str],
) -> ModelEvents:
    table = scope.tables.events
    columns = [table.c[amount_column(each)] for each in sorted(amounts)]
    columns += [table.c[text_column(each)] for each in sorted(texts)]
    query = (
        select(table.c.customer, table.c.time, table.c.times, *columns)
        .where(scope.events.named(name), table.c.time <= micros(scope.now))
        .order_by(table.c.customer, table.c.time, table.c.id)
    )
    kinds = [np.int64] * 3 + [np.float64] * len(amounts) + [object] * len(texts)
    customer, at, times, *values = arrays(connection, query, *kinds)
    return ModelEvents(
        np.searchsorted(customers, customer),
        at,
        times,
        dict(zip(sorted(amounts), (value / SCALE for value in values), strict=False)),
        dict(zip(sorted(texts), values[len(amounts) :], strict=True)),
    )


def _of_customers(connection: Connection, scope: Scope, subject: Subject) -> NDArray[Any]:
    """A value of each customer, in the order of their numbers."""
    query = select(subject.column).select_from(scope.people).order_by(scope.customer)
    values: NDArray[Any]
    if subject.type in {"text", "point", "date"}:
        (values,) = arrays(connection, query, object)
        return _days_ago(values, scope) if subject.type == "date" else values
    (values,) = arrays(connection, query, np.float64)
    return (micros(scope.now) - values) / DAY if subject.type == "time" else values / subject.scale


def _days_ago(dates: NDArray[Any], scope: Scope) -> NDArray[np.float64]:
    """Dates as text, as the number of days that they lie before today."""
    spans = np.datetime64(scope.now.astimezone(scope.zone).date(), "D") - dates.astype("M8[D]")
    return np.where(np.isnat(spans), np.nan, spans.astype(np.float64))


def _trial(connection: Connection, scope: Scope, name: str | None) -> Trial | None:
    """The experiment as earlier runs left it: this one has not given its arms out yet."""
    if name is None:
        return None
    trial = trial_of(connection, just_before(connection, scope), name)
    return replace(trial, now=micros(scope.now))
