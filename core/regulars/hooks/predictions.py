"""Predictions: what a model needs to know, what it is told, and what it learns.

Times are microseconds UTC. An array has one row for each customer, or for each event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    import numpy as np
    from numpy.typing import NDArray

    from .trials import Trial

OutputType = Literal["number", "time", "text", "list"]
Measure = Literal["any", "none", "events", "days", "sum"]


@dataclass(frozen=True)
class Foresees:
    """What a score says of the future, so that it can be held against what came.

    That is about the events called ``event`` in the ``within`` microseconds after now: the
    probability of ``any`` or of ``none``, the number of ``events`` or of ``days`` with one, or the
    ``sum`` of a property, written ``order.total``.
    """

    event: str
    within: int
    measure: Measure = "any"
    amount: str | None = None


@dataclass(frozen=True)
class Output:
    """One score of a model: its ``unit`` in words, its type, and the range of a number.

    A score that ``foresees`` something is tested on times that the model had not seen. ``one_of``
    are the only texts that a text may be, where they are known before it learns: a playbook that
    asks for another is told so.
    """

    unit: str
    type: OutputType = "number"
    low: float | None = None
    high: float | None = None
    foresees: Foresees | None = None
    one_of: Sequence[str] | None = None


@dataclass(frozen=True)
class Reads:
    """What a model needs to know, by the playbook's names.

    ``events`` are read with their times; ``amounts`` and ``texts`` are properties of events as
    ``order.total``, and bring those events along. ``experiment`` is one to learn from: its trial
    then knows the ``traits`` as they were at exposure. ``cutoffs`` are microseconds before now, of
    which ``fit`` sees the data as they were then. ``files`` are tables beside the playbook, CSV.
    """

    events: Sequence[str] = ()
    amounts: Sequence[str] = ()
    texts: Sequence[str] = ()
    traits: Sequence[str] = ()
    attributes: Sequence[str] = ()
    experiment: str | None = None
    cutoffs: Sequence[int] = ()
    files: Sequence[str] = ()


@dataclass(frozen=True)
class ModelEvents:
    """The events of one name up to now, by customer and then by time.

    ``customer`` is the row in ``ModelData.customers``, ``at`` when it happened, ``times`` how many
    events a row stands for: more than 1 where old ones were rolled up. ``amounts`` and ``texts``
    are properties by name, NaN and None where an event has none.
    """

    customer: NDArray[np.int64]
    at: NDArray[np.int64]
    times: NDArray[np.int64]
    amounts: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    texts: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    def between(self, after: int, until: int) -> ModelEvents:
        """Those after ``after`` and up to ``until``."""
        return self._where((self.at > after) & (self.at <= until))

    def until(self, at: int) -> ModelEvents:
        """Those up to ``at``."""
        return self._where(self.at <= at)

    def _where(self, held: NDArray[np.bool_]) -> ModelEvents:
        return ModelEvents(
            self.customer[held],
            self.at[held],
            self.times[held],
            {name: values[held] for name, values in self.amounts.items()},
            {name: values[held] for name, values in self.texts.items()},
        )


@dataclass(frozen=True)
class ModelData:
    """Every customer as they are at ``now``, as far as the model's ``Reads`` ask for it.

    ``customers`` are their numbers in the store. ``traits`` are in their own unit, of a time how
    many days ago it was, NaN where unknown. ``attributes`` are so too, text as objects with None.
    ``zone`` is the playbook's, ``trial`` the experiment that the model asks for, ``files`` the
    tables by file and column, as text.

    ``earlier`` is the same of the same customers as it was at each of the ``cutoffs``; only ``fit``
    is told. Of attributes nobody knows how they were: there they are as they are now.
    """

    now: int
    zone: ZoneInfo
    customers: NDArray[np.int64]
    events: Mapping[str, ModelEvents] = field(default_factory=dict)
    traits: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    attributes: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    trial: Trial | None = None
    files: Mapping[str, Mapping[str, NDArray[Any]]] = field(default_factory=dict)
    earlier: Sequence[ModelData] = ()

    def __len__(self) -> int:
        return len(self.customers)


@dataclass(frozen=True)
class Fitted:
    """What a model learned: ``parameters`` as JSON, and ``arrays`` of numbers or text beside them.

    It is kept in the store, and outlives the customers whom it was learned from: nothing of it may
    tell of one of them. ``diagnostics`` say how the fit went: ``log_likelihood`` and, by parameter,
    ``standard_errors``, where there are such. ``metrics`` say how good it is, beside what is found
    by testing what its outputs foresee. ``drivers`` are what it looks at, with how much each
    matters: the larger, the more.
    """

    parameters: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    drivers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """What moved a customer's score, and ``by`` how much.

    That is in the score's own unit (of a time in microseconds), against a typical customer. Where
    ``what`` is no more than the name of a trait that the model reads, it is told with the
    customer's own value: ``spend`` as ``spend 120.00``, ``last_order`` as ``last_order 3 days
    ago``.
    """

    what: str
    by: float
