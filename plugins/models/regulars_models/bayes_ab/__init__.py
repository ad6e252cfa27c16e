"""Experiments read the Bayesian way: exact, with a prior, and able to say "not enough data"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click
    from regulars.hooks import AllocationKind, AnalysisKind, ModelKind


@hookimpl
def regulars_analyses() -> Iterable[AnalysisKind]:
    """Offer ``bayes-ab``."""
    from .kind import BAYES_AB  # noqa: PLC0415 (only when a playbook is read)

    return [BAYES_AB]


@hookimpl
def regulars_allocations() -> Iterable[AllocationKind]:
    """Offer the bandits ``thompson`` and ``top-two``."""
    from .allocations import ALLOCATIONS  # noqa: PLC0415 (only when a playbook is read)

    return ALLOCATIONS


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``uplift``."""
    from .gain import UPLIFT  # noqa: PLC0415 (only when a playbook is read)

    return [UPLIFT]


@hookimpl
def regulars_commands(cli: click.Group) -> None:
    """Add ``regulars ab``."""
    from .command import command  # noqa: PLC0415 (only when a command is asked for)

    cli.add_command(command)
