"""Experiments read the Bayesian way: exact, with a prior, and able to say "not enough data".

Four things share what they know of arms:

- the analysis, what a playbook says after ``decide: {use: bayes-ab}``: all that is in no folder
- ``bandits``: what it says after ``allocation: {use: thompson}``
- ``uplift``: who gains from an arm; also the model of that name, whose score segments can read
- ``quick``: ``regulars ab``

What the analysis is made of, in the order in which an experiment comes through:

- ``kind``, ``settings``: the words of the playbook
- ``measures`` → ``effects``: a trial's events as sums by arm, and these as logarithms of means with
  their variance; ``cuped`` and ``bandits.adaptive`` change how, ``evidence`` chooses
- ``prior``, ``lift``, ``ranking``: what is known of the arms together; ``beliefs`` of each by
  itself, for bandits and for a flat prior
- ``sequential``, ``rules``, ``power``, ``decision``: when to stop, and what may be said
- ``checks``: what a person should know before they believe it
- ``pooling``, ``factorial``: by segment and by factor
- ``analysis`` strings these together; ``reading`` puts it into words (``telling``, ``wording``),
  ``tables``, ``numbers`` for JSON and a ``picture``
- ``numerics``: what the integrals are made of
"""

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
    from .bandits.allocations import ALLOCATIONS  # noqa: PLC0415 (only when a playbook is read)

    return ALLOCATIONS


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``uplift``."""
    from .uplift.model import UPLIFT  # noqa: PLC0415 (only when a playbook is read)

    return [UPLIFT]


@hookimpl
def regulars_commands(cli: click.Group) -> None:
    """Add ``regulars ab``."""
    from .quick.command import command  # noqa: PLC0415 (only when a command is asked for)

    cli.add_command(command)
