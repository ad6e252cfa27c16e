"""Scope: what the names of a playbook mean in one store at one instant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, func

from regulars.amounts import SCALE
from regulars.customers.columns import attribute_column
from regulars.customers.comparisons import Subject, SubjectType
from regulars.customers.event_sql import Events
from regulars.hooks.kinds import Moment

from .compile import Nest, compile_condition
from .since_entry import SinceEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Connection, FromClause

    from regulars.customers.trait_columns import TraitColumn
    from regulars.customers.traits import TraitPlan
    from regulars.hooks.plugins import Plugins
    from regulars.playbook.conditions import (
        Condition,
        NotPerformed,
        OneComparison,
        Performed,
    )
    from regulars.playbook.playbook import Playbook
    from regulars.store import Tables


@dataclass(frozen=True)
class Scope:
    """What names mean at ``now``; made once a run, after the store was fitted to the playbook.

    Its conditions are over ``people``; segments that were written out are kept in ``compiled``. It
    is what a plugin's SQL sees (``hooks.kinds.Columns``). With ``since`` its conditions are over
    ``entries`` as well, and events count from the entry on.
    """

    playbook: Playbook
    plugins: Plugins
    plan: TraitPlan
    tables: Tables
    now: datetime
    events: Events = field(repr=False)
    compiled: dict[str, Nest] = field(default_factory=dict, repr=False, compare=False)
    since: SinceEntry | None = None

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 (all that a run knows)
        cls,
        connection: Connection,
        playbook: Playbook,
        plugins: Plugins,
        plan: TraitPlan,
        tables: Tables,
        now: datetime,
    ) -> Scope:
        """The scope of ``playbook`` at ``now``; event names are read from the store."""
        moment = Moment(now, playbook.timezone)
        events = Events.of(connection, tables, moment)
        return cls(playbook, plugins, plan, tables, now, events)

    @property
    def zone(self) -> ZoneInfo:
        """The playbook's zone."""
        return self.playbook.timezone

    @property
    def moment(self) -> Moment:
        """The run's instant and the playbook's zone."""
        return self.events.moment

    @property
    def people(self) -> FromClause:
        """Every customer with what was computed of them: what conditions are over."""
        return self._computed(self.tables.customers)

    @property
    def people_with_traits(self) -> FromClause:
        """The people, to be looked through by their traits: a refresh leaves nobody without."""
        people, traits = self.tables.customers, self.tables.traits
        return self._scored(traits.join(people, traits.c.customer == self.customer))

    def people_of(self, rows: FromClause, customer: ColumnElement[int]) -> FromClause:
        """``rows``, each with its ``customer`` and what was computed of them."""
        customers = self.tables.customers
        return self._computed(rows.outerjoin(customers, customers.c.id == customer))

    def _computed(self, people: FromClause) -> FromClause:
        """``people`` with their traits, and with their scores where there are models."""
        traits = self.tables.traits
        return self._scored(people.outerjoin(traits, traits.c.customer == self.customer))

    def _scored(self, people: FromClause) -> FromClause:
        """``people`` with their scores where there are models."""
        scores = self.tables.scores
        if not self.plan.scores:
            return people
        return people.outerjoin(scores, scores.c.customer == self.customer)

    @property
    def customer(self) -> ColumnElement[int]:
        """The customer's number in the store."""
        column: Column[int] = self.tables.customers.c.id
        return column

    def attribute(self, name: str, /) -> ColumnElement[Any]:
        """An attribute of the profile; dates are ISO text, times are microseconds UTC."""
        return self.attribute_subject(name).column

    def trait(self, name: str, /) -> ColumnElement[Any]:
        """A declared trait; sums, averages and extremes are in millionths."""
        return self.trait_subject(self.plan.trait(name)).column

    def score(self, name: str, /) -> ColumnElement[Any]:
        """A model's score, written ``model.score``; NULL for a customer without one."""
        return self.score_subject(name).column

    def since_entry(self, oldest: datetime | None = None) -> Scope:
        """This scope for what journeys look at; see ``SinceEntry``."""
        return replace(self, since=SinceEntry(oldest))

    @property
    def of_segments(self) -> Scope:
        """This scope for the conditions of segments, which look at all that ever happened."""
        return self if self.since is None else replace(self, since=None)

    def condition(self, condition: Condition) -> ColumnElement[bool]:
        """A boolean expression over ``people`` that is never NULL."""
        return compile_condition(condition, self)

    def where(self, where: Mapping[str, OneComparison]) -> ColumnElement[bool]:
        """A boolean expression over the events table that is never NULL."""
        return self.events.where(where)

    def event(self, name: str) -> int | None:
        """The number of the event ``name`` in the store; None if none was ever seen."""
        return self.events.codes.get(name)

    def attribute_subject(self, name: str) -> Subject:
        """An attribute with its type; KeyError if it is not known."""
        type_: SubjectType = self.playbook.attribute_types()[name]
        return Subject(attribute_column(self.tables.customers, name), type_)

    def score_subject(self, name: str) -> Subject:
        """A model's score with its type; KeyError if no model writes it."""
        column = self.plan.scores[name]
        return Subject(self.tables.scores.c[column.name], column.type)

    def event_subject(self, condition: Performed | NotPerformed) -> Subject:
        """What an event condition compares."""
        if self.since is not None:
            return self.since.subject(condition, self.events)
        return self.trait_subject(self.plan.inline(condition))

    def trait_subject(self, column: TraitColumn) -> Subject:
        """A column of the traits with its type; 0 for a customer without a row where it counts."""
        value: ColumnElement[Any] = self.tables.traits.c[column.name]
        if column.zero_without_events:
            value = func.coalesce(value, 0)
        scale = SCALE if column.in_millionths else 1
        return Subject(value, column.type, scale, known=column.zero_without_events)
