"""Experiments read the Bayesian way: exact, with a prior, and able to say "not enough data".

What is where, in the order in which an experiment comes through:

- ``kind``, ``settings``: what a playbook says after ``decide: {use: bayes-ab}``
- ``measures`` → ``effects``: a trial's events as sums by arm, and these as logarithms of means with
  their variance; ``cuped`` and ``adaptive`` (for a bandit's data) change how, ``evidence`` chooses
- ``prior``, ``lift``, ``ranking``: what is known of the arms together
- ``sequential``, ``rules``, ``power``, ``decision``: when to stop, and what may be said
- ``checks``: what a person should know before they believe it
- ``pooling``, ``factorial``, ``uplift``: by segment, by factor, by customer; ``uplift`` has the
  model of that name as well, whose score segments can read
- ``analysis`` strings these together; ``reading`` puts it into words (``telling``, ``wording``),
  ``tables``, ``numbers`` for JSON and a ``picture``
- ``allocations``, ``bandit``, ``delays``: the bandits after ``allocation: {use: thompson}``
- ``command``, ``totals``, ``quick``, ``quick_words``: ``regulars ab``; posteriors of single arms
  in ``marginals``, ``spend``, ``pairs``, ``quadrature``
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
    from .allocations import ALLOCATIONS  # noqa: PLC0415 (only when a playbook is read)

    return ALLOCATIONS


@hookimpl
def regulars_models() -> Iterable[ModelKind]:
    """Offer ``uplift``."""
    from .uplift.model import UPLIFT  # noqa: PLC0415 (only when a playbook is read)

    return [UPLIFT]


@hookimpl
def regulars_commands(cli: click.Group) -> None:
    """Add ``regulars ab``."""
    from .command import command  # noqa: PLC0415 (only when a command is asked for)

    cli.add_command(command)
