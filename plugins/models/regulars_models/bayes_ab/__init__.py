"""Experiments read the Bayesian way: exact, with a prior, and able to say "not enough data"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import hookimpl

if TYPE_CHECKING:
    import click


@hookimpl
def regulars_commands(cli: click.Group) -> None:
    """Add ``regulars ab``."""
    from .command import command  # noqa: PLC0415 (only when a command is asked for)

    cli.add_command(command)
