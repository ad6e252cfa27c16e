"""Kinds: frozen descriptions of what a plugin offers. A plugin describes, regulars acts.

Each kind has a ``name`` (what a playbook writes after ``use:``), a one-line ``summary`` and a
``config``: a pydantic model with ``extra="forbid"`` whose fields are the words that may stand
beside ``use:``. Secrets in it are ``SecretStr``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:  # loading SQLAlchemy takes longer than `regulars --help` may
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, FromClause, Select

    from .predictions import Fitted, ModelData, Output, Reads, Reason
    from .trials import Reading, Trial

Medium = Literal["email", "text", "data"]


class Settings(BaseModel):
    """The base of every kind's settings: unknown words are errors, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True)
class RunInfo:
    """The run that a hook is called in: its own id, the playbook's name, and its instant."""

    id: str
    playbook: str
    at: datetime


# ------------------------------------------------------------------ connectors


@dataclass(frozen=True)
class Rejected:
    """A row that can't be read: its number in the origin, counted from 1, and why.

    ``customer`` is the client's id of whoever it speaks of, as far as regulars can read it.
    """

    row: int
    reason: str
    customer: str | None = None


class ByColumn(Sequence[tuple[Any, ...]]):
    """Rows for a ``Batch``, given as ``columns`` of one length: cheaper where those are known."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[Any, ...]]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return ByColumn([column[place] for column in self.columns])
        return tuple(column[place] for column in self.columns)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return zip(*self.columns, strict=True)


@dataclass(frozen=True)
class Batch:
    """Rows of one part of a source, all of ``len(columns)``.

    ``numbers`` are the rows' numbers in their origin (the header of a CSV file is row 1).
    ``sparse`` rows are objects: a column that no row of this batch has may still come later.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    numbers: Sequence[int]
    rejected: Sequence[Rejected] = ()
    sparse: bool = False


@dataclass(frozen=True)
class SourcePart:
    """One file or one query of a source.

    ``fingerprint`` changes when the content may have changed; an equal one is not read again. Where
    it takes time, give what makes it, and a ``stamp``: a text that is equal only where the content
    surely is. With an equal stamp the fingerprint is not made.
    ``read(cursor)`` yields batches; ``cursor`` is the largest value of the connector's cursor
    column that was loaded before, or None. ``cursor_column`` names that column, if any.
    ``size`` in bytes is for a part that may be read in another process, as large ones are:
    ``read`` can be pickled and doesn't need the connector open.
    """

    origin: str
    read: Callable[[Any], Iterator[Batch]]
    fingerprint: str | Callable[[], str] | None = None
    cursor_column: str | None = None
    size: int | None = None
    stamp: str | None = None


@dataclass(frozen=True)
class ConnectorKind:
    """Data from somewhere. ``open(config, folder)`` yields the parts in a stable order."""

    name: str
    summary: str
    config: type[Settings]
    open: Callable[[Any, Path], AbstractContextManager[Iterable[SourcePart]]]


# ------------------------------------------------------------------ channels


@dataclass(frozen=True)
class Outgoing:
    """One rendered message, ready for a channel.

    ``key`` is the delivery key: the same for every attempt, different for every message. E-mail
    has ``subject``, ``preheader``, ``html`` and ``text``; a text message only ``text``; data
    only ``data``. ``headers`` are extra e-mail headers, already checked.
    """

    key: str
    address: str
    customer: str
    message: str
    medium: Medium
    at: datetime
    subject: str = ""
    preheader: str = ""
    html: str = ""
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """The provider accepted the message; ``id`` is its own name for it, if it gave one."""

    id: str = ""


class Sender(Protocol):
    """An open channel, used by one thread at a time."""

    def send(self, message: Outgoing, /) -> Receipt:
        """Hand one message to the provider.

        Raises:
            TemporaryError: not accepted now; it may be later.
            PermanentError: refused; with ``suppress`` the address is dead.
            UnknownOutcome: nobody can say; it is never sent again by itself.
        """
        ...


@dataclass(frozen=True)
class ChannelContext:
    """Where and when a channel is opened: ``folder`` is the playbook's, ``run`` a run's own id."""

    playbook: str
    channel: str
    folder: Path
    run: str
    at: datetime


@dataclass(frozen=True)
class ChannelKind:
    """A way to reach a customer.

    ``accepts`` lists the media it can carry. ``open(config, context)`` is entered once in each
    of ``threads(config)`` worker threads. ``idempotent`` says that the provider refuses a second
    message with the same key.
    """

    name: str
    summary: str
    config: type[Settings]
    open: Callable[[Any, ChannelContext], AbstractContextManager[Sender]]
    accepts: tuple[Medium, ...] = ("email", "text", "data")
    threads: Callable[[Any], int] = lambda _config: 1
    idempotent: bool = False


# ------------------------------------------------------------------ the language


class Columns(Protocol):
    """The columns that a plugin's SQL may read. Every method raises KeyError for unknown names."""

    @property
    def customer(self) -> ColumnElement[int]:
        """The customer's number in the store."""
        ...

    @property
    def people(self) -> FromClause:
        """Every customer with their traits: what a SELECT of these columns is from."""
        ...

    def attribute(self, name: str, /) -> ColumnElement[Any]:
        """An attribute of the profile; dates are ISO text, times are microseconds UTC."""
        ...

    def trait(self, name: str, /) -> ColumnElement[Any]:
        """A declared trait; sums, averages and extremes are in millionths."""
        ...


@dataclass(frozen=True)
class Moment:
    """The run's instant and the playbook's zone."""

    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class ConditionKind:
    """A condition. ``compile(config, columns, moment)`` gives one boolean SQL expression.

    An unknown (NULL) result counts as false.
    """

    name: str
    summary: str
    config: type[Settings]
    compile: Callable[[Any, Columns, Moment], ColumnElement[bool]]


@dataclass(frozen=True)
class EventColumns:
    """The columns of the events table that a plugin's SQL may read.

    ``property(name)`` is a text column, ``amount(name)`` one in millionths.
    """

    customer: ColumnElement[int]
    time: ColumnElement[int]
    is_event: Callable[[str], ColumnElement[bool]]
    property: Callable[[str], ColumnElement[str]]
    amount: Callable[[str], ColumnElement[int]]


@dataclass(frozen=True)
class TraitKind:
    """A trait. ``compile(config, columns, moment)`` gives one aggregate SQL expression.

    It is computed over each customer's events up to now. ``properties(config)`` names the event
    properties that it reads, as ``order.total``; ``amounts(config)`` those it reads as numbers.
    """

    name: str
    summary: str
    config: type[Settings]
    type: Literal["integer", "number", "time", "text"]
    compile: Callable[[Any, EventColumns, Moment], ColumnElement[Any]]
    properties: Callable[[Any], Iterable[str]] = lambda _config: ()
    amounts: Callable[[Any], Iterable[str]] = lambda _config: ()


@dataclass(frozen=True)
class TriggerKind:
    """A trigger. ``compile(config, columns, moment, since)`` gives one SELECT.

    Its three columns are ``customer``, ``key`` (text: one entry each) and ``occurred_at``
    (microseconds UTC). ``since`` is the journey's last run, or None.
    """

    name: str
    summary: str
    config: type[Settings]
    compile: Callable[[Any, Columns, Moment, datetime | None], Select[Any]]


# ------------------------------------------------------------------ predictions, templates


@dataclass(frozen=True)
class ModelKind:
    """A predictive model.

    ``outputs(config)`` are its scores by name, ``reads(config)`` what it needs to know. ``fit(
    config, data, seed)`` learns from everybody, or says in a sentence what is missing. ``score(
    config, fitted, data)`` gives an array for each output, one value a customer; NaN is no score,
    and so is None of a text or a list. Equal data and an equal seed give equal answers, and a
    customer's scores hang on that customer's data alone, and on what was learned.

    ``inputs(config, data)`` are the numbers that it makes of the data for each customer, to see
    whether they drift; without it they are the traits and attributes that it reads. ``explain(
    config, fitted, data)`` is asked about one customer: what moved the scores, by output.
    """

    name: str
    summary: str
    config: type[Settings]
    outputs: Callable[[Any], Mapping[str, Output]]
    reads: Callable[[Any], Reads]
    fit: Callable[[Any, ModelData, int], Fitted | str]
    score: Callable[[Any, Fitted, ModelData], Mapping[str, NDArray[Any]]]
    inputs: Callable[[Any, ModelData], Mapping[str, NDArray[Any]]] | None = None
    explain: Callable[[Any, Fitted, ModelData], Mapping[str, Sequence[Reason]]] | None = None


@dataclass(frozen=True)
class AnalysisKind:
    """A way to read an experiment.

    ``analyse(config, trial)`` reads one; it draws nothing at random and keeps nothing. ``traits``
    names the traits that it wants to know as they were at exposure. ``learn(read)`` says what
    experiments teach, each with its config, as JSON; ``Trial.learned`` tells it on.
    """

    name: str
    summary: str
    config: type[Settings]
    analyse: Callable[[Any, Trial], Reading]
    traits: Callable[[Any], Iterable[str]] = lambda _config: ()
    learn: Callable[[Sequence[tuple[Any, Trial]]], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class AllocationKind:
    """A way to give out the arms of an experiment by what they have brought so far: a bandit.

    ``allocate(config, trial)`` gives each arm's probability, in the order of ``trial.arms``; it is
    asked once a run. They are above 0 and add up to 1. ``misfit(config, arms)`` is asked when a
    playbook is checked: why it can't give out so many arms, or None.
    """

    name: str
    summary: str
    config: type[Settings]
    allocate: Callable[[Any, Trial], Sequence[float]]
    misfit: Callable[[Any, int], str | None] = lambda _config, _arms: None


@dataclass(frozen=True)
class LayoutKind:
    """A layout for e-mail: a folder with ``<name>.html.j2``, and what it may be told."""

    name: str
    summary: str
    folder: Path


@dataclass(frozen=True)
class StarterKind:
    """A playbook that ``regulars init`` may start from."""

    name: str
    summary: str
    folder: Path


Kind = (
    ConnectorKind
    | ChannelKind
    | ConditionKind
    | TraitKind
    | TriggerKind
    | ModelKind
    | AnalysisKind
    | AllocationKind
    | LayoutKind
    | StarterKind
)
