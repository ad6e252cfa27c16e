"""The data of a model: what it asks for, read from the store in bulk as arrays."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from regulars.amounts import SCALE
from regulars.errors import SourceError
from regulars.experiments.arrays import arrays
from regulars.experiments.trial import trial_before
from regulars.hooks.predictions import ModelData, ModelEvents
from regulars.instants import DAY, micros
from regulars.playbook.csv_tables import TableError, read_table
from regulars.playbook.traits import event_and_property
from regulars.stored import amount_column, text_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from regulars.customers.comparisons import Subject
    from regulars.hooks.predictions import Reads
    from regulars.hooks.trials import Trial
    from regulars.segments.scope import Scope

WORDS = frozenset({"text", "point", "date"})


def model_data(
    connection: Connection, scope: Scope, reads: Reads, *, only: int | None = None
) -> ModelData:
    """What ``reads`` asks for, of everybody in the store as of the instant of ``scope``.

    With ``only``, a customer's number, of that one alone.
    """
    who = select(scope.customer).order_by(scope.customer)
    who = who if only is None else who.where(scope.customer == only)
    (customers,) = arrays(connection, who, np.int64)
    subjects = {name: scope.trait_subject(scope.plan.trait(name)) for name in reads.traits}
    traits = _of_customers(connection, scope, only, subjects)
    subjects = {name: scope.attribute_subject(name) for name in reads.attributes}
    return ModelData(
        now=micros(scope.now),
        zone=scope.zone,
        customers=customers,
        events=events_of(connection, scope, customers, reads, only=only),
        traits=traits,
        attributes=_of_customers(connection, scope, only, subjects),
        trial=trial_of_model(connection, scope, reads.experiment),
        files={file: _table(scope, file) for file in reads.files},
    )


def events_of(
    connection: Connection,
    scope: Scope,
    customers: NDArray[np.int64],
    reads: Reads,
    *,
    only: int | None = None,
) -> dict[str, ModelEvents]:
    """The events that ``reads`` asks for, of ``customers``: those of everybody, or ``only`` one."""
    return {
        event: _events(connection, scope, customers, event, amounts, texts, only)
        for event, (amounts, texts) in by_event(reads).items()
    }


def by_event(reads: Reads) -> dict[str, tuple[list[str], list[str]]]:
    """Every event that ``reads`` asks for, with its properties that are amounts, and texts."""
    amounts, texts = _by_event(reads.amounts), _by_event(reads.texts)
    return {
        event: (sorted(amounts[event]), sorted(texts[event]))
        for event in dict.fromkeys([*reads.events, *amounts, *texts])
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
    query = select(table.c.customer, table.c.time, table.c.id, table.c.times, *columns).where(
        scope.events.named(name), table.c.time <= micros(scope.now)
    )
    query = query if only is None else query.where(table.c.customer == only)
    kinds = [np.int64] * 4 + [np.float64] * len(amounts) + [object] * len(texts)
    customer, at, number, times, *values = arrays(connection, query, *kinds)
    # Put in order here: a database would go by its index, and look each row up where it lies.
    turn = np.lexsort((number, at, customer))
    values = [each[turn] for each in values]
    return ModelEvents(
        np.searchsorted(customers, customer[turn]),
        at[turn],
        times[turn],
        dict(zip(amounts, (value / SCALE for value in values), strict=False)),
        dict(zip(texts, values[len(amounts) :], strict=True)),
    )


def _of_customers(
    connection: Connection, scope: Scope, only: int | None, subjects: Mapping[str, Subject]
) -> dict[str, NDArray[Any]]:
    """A value of each customer for each of ``subjects``, in the order of their numbers."""
    if not subjects:
        return {}
    columns = [subject.column for subject in subjects.values()]
    query = select(*columns).select_from(scope.people).order_by(scope.customer)
    query = query if only is None else query.where(scope.customer == only)
    kinds = [object if each.type in WORDS else np.float64 for each in subjects.values()]
    found = zip(subjects.items(), arrays(connection, query, *kinds), strict=True)
    return {name: _as_told(values, subject, scope) for (name, subject), values in found}


def _as_told(values: NDArray[Any], subject: Subject, scope: Scope) -> NDArray[Any]:
    if subject.type in WORDS:
        return _days_ago(values, scope) if subject.type == "date" else values
    return numbers_told(values, subject.type, subject.scale, micros(scope.now))


def numbers_told(
    values: NDArray[np.float64], type_: str, scale: int, now: int
) -> NDArray[np.float64]:
    """Numbers of the store as models are told them.

    A time is how many days it was before ``now``; of others a unit is so many as ``scale`` says.
    """
    return (now - values) / DAY if type_ == "time" else values / scale


def _days_ago(dates: NDArray[Any], scope: Scope) -> NDArray[np.float64]:
    """Dates as text, as the number of days that they lie before today."""
    spans = np.datetime64(scope.now.astimezone(scope.zone).date(), "D") - dates.astype("M8[D]")
    return np.where(np.isnat(spans), np.nan, spans.astype(np.float64))


def trial_of_model(connection: Connection, scope: Scope, name: str | None) -> Trial | None:
    """The experiment to learn from as earlier runs left it; this one has not given arms out yet."""
    return None if name is None else trial_before(connection, scope, name)


def _table(scope: Scope, file: str) -> dict[str, NDArray[Any]]:
    """A table beside the playbook, by column."""
    try:
        columns = read_table(scope.playbook.folder / file)
    except TableError as error:
        raise SourceError(f"the file '{file}' {error}") from error
    return {name: np.array(cells, dtype=object) for name, cells in columns.items()}
