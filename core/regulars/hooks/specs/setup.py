"""Set up: what a plugin adds to the command line and to templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    import click
    import jinja2


@hookspec
def regulars_commands(cli: click.Group) -> None:
    """Add commands to ``regulars``; one that is there already can't be replaced.

    Example:
        import click

        from regulars.hooks import hookimpl


        @hookimpl
        def regulars_commands(cli):
            @cli.command()
            @click.argument("name")
            def greet(name):
                "Say hello to NAME."
                click.echo(f"Hello, {name}!")
    """


@hookspec
def regulars_jinja(environment: jinja2.Environment) -> None:
    """Add filters, tests and globals to templates; none that is there can be replaced.

    It is called once for each environment: one for HTML, one for text.

    Example:
        from regulars.hooks import hookimpl


        def stars(count):
            return "★" * int(count)


        @hookimpl
        def regulars_jinja(environment):
            environment.filters["stars"] = stars
    """
