"""The hooks, in four families; the family fixes what a plugin's failure means.

- offer: the plugin is broken; an error only where a playbook uses it
- set up: the plugin is broken, or its command is missing with a warning
- decide: refused, absent or not sent, as each hook says
- watch: logged with the plugin's name; the run goes on
"""

from .decide import regulars_enrich, regulars_may_send, regulars_prepare
from .offer import (
    regulars_allocations,
    regulars_analyses,
    regulars_channels,
    regulars_conditions,
    regulars_connectors,
    regulars_models,
    regulars_templates,
    regulars_traits,
    regulars_triggers,
)
from .setup import regulars_commands, regulars_jinja
from .watch import (
    regulars_refused,
    regulars_run_finished,
    regulars_run_started,
    regulars_sent,
)

OFFERS = (
    "regulars_connectors",
    "regulars_models",
    "regulars_channels",
    "regulars_analyses",
    "regulars_allocations",
    "regulars_triggers",
    "regulars_conditions",
    "regulars_traits",
    "regulars_templates",
)

__all__ = [
    "OFFERS",
    "regulars_allocations",
    "regulars_analyses",
    "regulars_channels",
    "regulars_commands",
    "regulars_conditions",
    "regulars_connectors",
    "regulars_enrich",
    "regulars_jinja",
    "regulars_may_send",
    "regulars_models",
    "regulars_prepare",
    "regulars_refused",
    "regulars_run_finished",
    "regulars_run_started",
    "regulars_sent",
    "regulars_templates",
    "regulars_traits",
    "regulars_triggers",
]
