"""Offer: what a playbook may use. Each is called once, and must be cheap and offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks.kinds import (
        AnalysisKind,
        ChannelKind,
        ConditionKind,
        ConnectorKind,
        LayoutKind,
        ModelKind,
        StarterKind,
        TraitKind,
        TriggerKind,
    )


@hookspec
def regulars_connectors() -> Iterable[ConnectorKind]:
    """Where data comes from: what may stand after ``use:`` in ``sources``."""
    raise NotImplementedError


@hookspec
def regulars_models() -> Iterable[ModelKind]:
    """Predictions: what may stand after ``use:`` in ``models``."""
    raise NotImplementedError


@hookspec
def regulars_channels() -> Iterable[ChannelKind]:
    """Ways to reach a customer: what may stand after ``use:`` in ``channels``."""
    raise NotImplementedError


@hookspec
def regulars_analyses() -> Iterable[AnalysisKind]:
    """Ways to read an experiment: what may stand after ``use:`` in its ``decide``."""
    raise NotImplementedError


@hookspec
def regulars_triggers() -> Iterable[TriggerKind]:
    """What lets a customer into a journey: what may stand after ``use:`` in ``when``."""
    raise NotImplementedError


@hookspec
def regulars_conditions() -> Iterable[ConditionKind]:
    """Conditions on customers: what may stand after ``use:`` in a condition."""
    raise NotImplementedError


@hookspec
def regulars_traits() -> Iterable[TraitKind]:
    """Values computed for each customer: what may stand after ``use:`` in ``traits``."""
    raise NotImplementedError


@hookspec
def regulars_templates() -> Iterable[LayoutKind | StarterKind]:
    """Layouts for e-mail, and playbooks that ``regulars init`` may start from."""
    raise NotImplementedError
