"""Triggers: what lets a customer into a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.playbook import triggers as language

from .changes import change_occasions
from .clock import at_occasions, schedule_occasions
from .dates import date_occasions
from .events import event_occasions, inactive_occasions
from .occasions import Occasions, Occurrence, Past, candidate_columns
from .plugins import plugin_occasions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from regulars.playbook.journeys import Journey
    from regulars.segments.scope import Scope

__all__ = ["Occasions", "Occurrence", "Past", "candidate_columns", "occasions"]


def occasions(  # noqa: PLR0911 (one a trigger)
    connection: Connection,
    journey: Journey,
    scope: Scope,
    past: Past,
    recorded: frozenset[int] = frozenset(),
) -> Occasions:
    """Who may enter ``journey`` at the scope's instant.

    ``recorded`` are the instants of occurrences that were dealt with before.
    """
    match journey.when:
        case language.EventTrigger() as trigger:
            return event_occasions(trigger, journey, scope, past)
        case language.InactiveTrigger() as trigger:
            return inactive_occasions(trigger, journey, scope, past)
        case language.EntersTrigger(enters=segment):
            return change_occasions(segment, journey, scope, past, entered=True)
        case language.LeavesTrigger(leaves=segment):
            return change_occasions(segment, journey, scope, past, entered=False)
        case language.AtTrigger() as trigger:
            return at_occasions(trigger, journey, scope, recorded)
        case language.ScheduleTrigger() as trigger:
            return schedule_occasions(trigger, journey, scope, past, recorded)
        case language.DateTrigger() as trigger:
            return date_occasions(connection, trigger, journey, scope, past)
        case language.PluginTrigger() as trigger:
            return plugin_occasions(trigger, scope, past)
