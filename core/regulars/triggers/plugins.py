"""``use``: a trigger that a plugin offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select

from regulars.hooks import Moment
from regulars.hooks.attribution import blamed, given
from regulars.instants import micros

from .occasions import Occasions, candidates

if TYPE_CHECKING:
    from regulars.playbook.triggers import PluginTrigger
    from regulars.segments.scope import Scope

    from .occasions import Past


def plugin_occasions(trigger: PluginTrigger, scope: Scope, past: Past) -> Occasions:
    """What the plugin's SELECT of (customer, key, occurred_at) finds up to now."""
    kind, settings = trigger.configured(scope.plugins.triggers)
    with blamed(scope.plugins.blame("triggers", kind.name)):
        compiled = kind.compile(settings, scope, Moment(scope.now, scope.zone), past.last_run)
        offered = given(compiled, Select).subquery("offered")
        found = candidates(offered.c.customer, offered.c.key, offered.c.occurred_at)
    return Occasions(found.where(offered.c.occurred_at <= micros(scope.now)))
