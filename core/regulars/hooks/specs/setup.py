"""Set up: what a plugin adds to the command line and to templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    import click
    import jinja2


@hookspec
def regulars_commands(cli: click.Group) -> None:
    """Add commands to ``regulars``."""


@hookspec
def regulars_jinja(environment: jinja2.Environment) -> None:
    """Add filters, tests and globals to templates."""
