"""Write commands.md from the program's own help: ``python docs/commands.py``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from regulars.cli.entry import ALONG, COMMANDS, regulars

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).with_suffix(".md")
WIDTH = 96
HEAD = """# Commands

`make docs` writes this page from `regulars --help`, so it says what the program says.

Results go to standard output, progress and errors to standard error. The exit status says what to
do next:

| status | means |
|---|---|
| 0 | done |
| 1 | done, but a person should look: a message failed, or nobody knows whether it went |
| 2 | the playbook, its data, its store or a plugin must be mended first; trying again won't help |
| 3 | another run holds this playbook; try again later |
"""


def helps(context: click.Context) -> Iterator[tuple[str, str]]:
    """The command line and the help text of a command and of those below it."""
    command = context.command
    yield context.command_path, command.get_help(context).strip()
    if isinstance(command, click.Group):
        names = [*COMMANDS, *ALONG] if command is regulars else command.list_commands(context)
        for name in names:
            below = command.get_command(context, name)
            if below is not None:
                settings = below.context_settings
                yield from helps(click.Context(below, context, name, **settings))


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    settings = {**regulars.context_settings, "terminal_width": WIDTH}
    for path, text in helps(click.Context(regulars, None, "regulars", **settings)):
        parts.append(f"## `{path}`\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
