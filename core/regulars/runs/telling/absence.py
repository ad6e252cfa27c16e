"""Why a customer is not in a journey: what its trigger still waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from regulars.instants import instant, micros
from regulars.journeys.memory import recall
from regulars.playbook.triggers import (
    AtTrigger,
    DateTrigger,
    EntersTrigger,
    EventTrigger,
    InactiveTrigger,
    LeavesTrigger,
    ScheduleTrigger,
)
from regulars.segments.words import span_in_words

from .person import minute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from regulars.playbook.journeys import Journey
    from regulars.values import Duration

    from .person import Person
    from .standing import Standing

NEXT_RUN = "nothing is in the way: the next run looks again"


@dataclass(frozen=True)
class Outside:
    """A customer who is not in the journey ``name``; ``entries`` are those they had before."""

    person: Person
    name: str
    journey: Journey
    standings: Mapping[str, Standing]
    entries: Sequence[Mapping[str, Any]]

    def why(self) -> list[str]:
        """The reasons, one or more, each a short sentence."""
        told = self._by_trigger()
        return told or [self._again() or self._before_its_time() or NEXT_RUN]

    def _by_trigger(self) -> list[str]:  # noqa: PLR0911 (the table of triggers)
        """What the trigger waits for; nothing if it has come."""
        match self.journey.when:
            case EntersTrigger(enters=segment) | ScheduleTrigger(segment=segment):
                return self._not_inside(segment)
            case LeavesTrigger(leaves=segment):
                return self._not_left(segment)
            case EventTrigger() as trigger:
                return self._no_event(trigger)
            case InactiveTrigger(inactive=event, for_=span):
                return self._not_inactive(event, span)
            case AtTrigger() as trigger:
                return self._not_at(trigger)
            case DateTrigger() as trigger:
                return self._no_date(trigger)
        return ["its plugin's trigger did not name them"]

    def _not_inside(self, segment: str) -> list[str]:
        standing = self.standings[segment]
        if standing.finding.holds:
            return []
        leaves = standing.finding.decisive()
        return [f"they are not in {segment}:", *(f"  {_marked(leaf)}" for leaf in leaves)]

    def _not_left(self, segment: str) -> list[str]:
        standing = self.standings[segment]
        if standing.inside:
            return [f"they are still in {segment}"]
        left = any(not change["entered"] for change in standing.changes)
        return [] if left else [f"they never left {segment}: they were never in it"]

    def _no_event(self, trigger: EventTrigger) -> list[str]:
        count, last = self._events(trigger.event)
        if last is None:
            return [f"no {trigger.event} ever came"]
        if not trigger.where:
            return []
        _, matching = self._events(trigger.event, trigger.where)
        if matching is not None:
            return []
        told = f"no {trigger.event} is as the journey wants it"
        return [f"{told}; {count} came, the last {minute(last)}"]

    def _not_inactive(self, event: str, span: Duration) -> list[str]:
        _, last = self._events(event)
        if last is None:
            return [f"no {event} ever came, so they can't have stopped"]
        due = span.after(last, self.person.scope.zone)
        if due > self.person.scope.now:
            return [f"the last {event} came {minute(last)}; it counts from {minute(due)} on"]
        return []

    def _not_at(self, trigger: AtTrigger) -> list[str]:
        at = trigger.at.at(self.person.scope.zone)
        if at > self.person.scope.now:
            return [f"it comes on {minute(at)}"]
        if self.entries:
            return []
        return self._not_inside(trigger.segment) or [f"it came on {minute(at)} without them"]

    def _no_date(self, trigger: DateTrigger) -> list[str]:
        family, _, name = trigger.date.partition(".")
        values = self.person.profile.traits if family == "trait" else self.person.profile.customer
        if family != "score" and values.get(name) is None:
            return [f"{trigger.date} is unknown"]
        outside = self._not_inside(trigger.segment) if trigger.segment else []
        if self.entries and not outside:
            return []
        told = f"{trigger.date} is {values.get(name)}, and no run has come in time for its day"
        return outside or [told]

    def _again(self) -> str:
        """What their earlier entries forbid."""
        if not self.entries:
            return ""
        last, again = self.entries[-1]["occurred_at"], self.journey.may_enter_again
        if again == "never":
            return f"they entered on {minute(last)}, and again is never"
        if again != "always":
            free = again.after(last, self.person.scope.zone)
            if free > self.person.scope.now:
                span, told = span_in_words(again), f"they entered on {minute(last)}"
                return f"{told}; again: {span} lets them in from {minute(free)}"
        return f"they entered on {minute(last)}, and nothing new has come since"

    def _before_its_time(self) -> str:
        """What came before the journey ran, or too long before a run, lets nobody in."""
        past = recall(self.person.connection, self.name).past
        when = self.journey.when
        if past.first_run is None:
            return "the journey has never run"
        if isinstance(when, EntersTrigger):
            return self._change(when.enters, past.first_run, entered=True)
        if isinstance(when, LeavesTrigger):
            return self._change(when.leaves, past.first_run, entered=False)
        if isinstance(when, ScheduleTrigger):
            return "its time has not come since they are in the segment"
        event = when.event if isinstance(when, EventTrigger) else getattr(when, "inactive", "")
        where = when.where if isinstance(when, EventTrigger) else {}
        _, last = self._events(event, where)
        if last is None:
            return ""
        return (
            f"the last {event} came {minute(last)}, too long before a run to count; "
            f"the journey first ran {minute(past.first_run)}"
        )

    def _change(self, segment: str, first_run: datetime, *, entered: bool) -> str:
        changes = [c for c in self.standings[segment].changes if c["entered"] == entered]
        if not changes:
            return ""
        change, word = changes[-1], "came into" if entered else "left"
        told = f"they {word} {segment} on {minute(change['at'])}"
        if change["at"] <= first_run:
            return f"{told}, before the journey first ran, and existing is not true"
        if change["by_edit"]:
            return f"{told} by an edit of its definition, which lets nobody in"
        return f"{told}, too long before a run to count (misfire)"

    def _events(
        self, event: str, where: Mapping[str, Any] | None = None
    ) -> tuple[int, datetime | None]:
        """How many such events came, and when the last one was."""
        scope = self.person.scope
        events = scope.tables.events
        query = select(func.coalesce(func.sum(events.c.times), 0), func.max(events.c.time)).where(
            events.c.customer == self.person.number,
            events.c.time <= micros(scope.now),
            scope.events.named(event),
            scope.where(where or {}),
        )
        count, last = self.person.connection.execute(query).one()
        return int(count), None if last is None else instant(last)


def _marked(leaf: Any) -> str:
    """A leaf that is in the way: what holds is among what must not."""
    said = f": {leaf.actual}" if leaf.actual else ""
    return f"✓ {leaf.words}{said}, and it must not" if leaf.holds else f"✗ {leaf.words}{said}"
