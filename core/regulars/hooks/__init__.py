"""Hooks: what a plugin may offer, and how regulars calls it.

Names are loaded on first use: the command line must start fast, and pydantic takes its time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.amounts import millionths
    from regulars.instants import DAY, instant, micros
    from regulars.printing import Table, print_json, print_tables
    from regulars.values import Duration, Percentage, PositiveDuration

    from .kinds import (
        AllocationKind,
        AnalysisKind,
        Batch,
        ByColumn,
        ChannelContext,
        ChannelKind,
        Columns,
        ConditionKind,
        ConnectorKind,
        EventColumns,
        Kind,
        LayoutKind,
        Medium,
        ModelKind,
        Moment,
        Outgoing,
        Receipt,
        Rejected,
        RunInfo,
        Sender,
        Settings,
        SourcePart,
        StarterKind,
        TraitKind,
        TriggerKind,
    )
    from .marks import hookimpl
    from .plugins import PluginInfo, Plugins
    from .predictions import (
        Fitted,
        Foresees,
        Measure,
        ModelData,
        ModelEvents,
        Output,
        OutputType,
        Reads,
        Reason,
    )
    from .trials import (
        Goal,
        GoalKind,
        Happened,
        Outcome,
        Reading,
        Trial,
        Units,
        Verdict,
    )

__all__ = [  # noqa: RUF022 (it would sort DAY apart)
    "AllocationKind",
    "AnalysisKind",
    "Batch",
    "ByColumn",
    "ChannelContext",
    "ChannelKind",
    "Columns",
    "ConditionKind",
    "ConnectorKind",
    "DAY",
    "Duration",
    "EventColumns",
    "Fitted",
    "Foresees",
    "Goal",
    "GoalKind",
    "Happened",
    "Kind",
    "LayoutKind",
    "Measure",
    "Medium",
    "ModelData",
    "ModelEvents",
    "ModelKind",
    "Moment",
    "Outcome",
    "Outgoing",
    "Output",
    "OutputType",
    "Percentage",
    "PluginInfo",
    "Plugins",
    "PositiveDuration",
    "Reading",
    "Reads",
    "Reason",
    "Receipt",
    "Rejected",
    "RunInfo",
    "Sender",
    "Settings",
    "SourcePart",
    "StarterKind",
    "Table",
    "TraitKind",
    "Trial",
    "TriggerKind",
    "Units",
    "Verdict",
    "hookimpl",
    "instant",
    "micros",
    "millionths",
    "print_json",
    "print_tables",
]

_HOMES = {
    "DAY": "regulars.instants",
    "PluginInfo": "regulars.hooks.plugins",
    "Plugins": "regulars.hooks.plugins",
    "Table": "regulars.printing",
    "hookimpl": "regulars.hooks.marks",
    "instant": "regulars.instants",
    "micros": "regulars.instants",
    "millionths": "regulars.amounts",
    "print_json": "regulars.printing",
    "print_tables": "regulars.printing",
}


_HOMES |= dict.fromkeys(("Duration", "Percentage", "PositiveDuration"), "regulars.values")
_HOMES |= dict.fromkeys(
    (
        *("Fitted", "Foresees", "Measure", "ModelData", "ModelEvents", "Output", "OutputType"),
        *("Reads", "Reason"),
    ),
    "regulars.hooks.predictions",
)
_HOMES |= dict.fromkeys(
    ("Goal", "GoalKind", "Happened", "Outcome", "Reading", "Trial", "Units", "Verdict"),
    "regulars.hooks.trials",
)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES.get(name, "regulars.hooks.kinds")), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
