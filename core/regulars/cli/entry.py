"""The way in: the group of commands, and what an error becomes for the person and the caller."""

from __future__ import annotations

import io
import logging
import os
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regulars.errors import RegularsError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "init": "start a client's folder from an example",
    "check": "find everything that is wrong with a playbook",
    "plan": "say what a run would do, and do nothing",
    "run": "do what the playbook says",
    "work": "send what a run has decided, by several workers",
    "approvals": "agree to messages that wait for a person",
    "segments": "list segments and who is in them",
    "customers": "show what is known of a customer",
    "why": "tell one customer's story, with the reasons",
    "deliveries": "list messages, and settle those whose outcome is unknown",
    "feedback": "record what providers and readers say of messages",
    "models": "read what models have learned, and how good that is",
    "experiments": "read what experiments have found",
    "render": "show a message as a customer would get it",
    "sources": "show what was loaded, and the rows that were refused",
    "plugins": "list plugins and what they offer",
    "schema": "print the JSON Schema of playbooks, for editors",
}
# Of plugins that come with regulars: help is to be fast, so it names them without loading any.
ALONG = {"ab": ("bayes-ab", "compare arms by their totals, without a playbook")}


class Commands(click.Group):
    """The built-in commands by name; plugins are loaded only when theirs may be meant."""

    _loaded = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Built-in commands first, then those of plugins."""
        if _from_others():
            self._load_plugins()
        return [*COMMANDS, *sorted({*_along(), *super().list_commands(ctx)})]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name in COMMANDS:
            command: click.Command = import_module(f".{cmd_name}", __package__).command
            return command
        if cmd_name not in self.commands:
            self._load_plugins()
        return super().get_command(ctx, cmd_name)

    def _load_plugins(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        from .opening import installed_plugins

        installed_plugins().commands(self, taken=COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing the built-in ones."""
        known = COMMANDS | _along()
        rows = [
            (name, known.get(name) or self.commands[name].get_short_help_str())
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _along() -> dict[str, str]:
    """What the commands of plugins that come with regulars do, but for those switched off."""
    off: Sequence[str] = ()
    if "REGULARS_DISABLE" in os.environ:  # else there is nothing to load for it
        from regulars.hooks.assembly import disabled_in

        off = disabled_in(os.environ)
    return {name: does for name, (plugin, does) in ALONG.items() if plugin not in off}


def _from_others() -> bool:
    """Whether somebody else's plugin is installed."""
    return any(
        entry.dist is not None and entry.dist.name != "regulars"
        for entry in entry_points(group="regulars")
    )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regulars", prog_name="regulars")
def regulars() -> None:
    """Turn first-time buyers into regulars, from one reviewed playbook.

    check a playbook, plan what it would do, run it.
    """


def run_command_line(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status (0, 1, 2 or 3, see ``regulars.errors``)."""
    _open_streams()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    try:
        _refuse_no_text(arguments)
        result = regulars.main(list(arguments), prog_name="regulars", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        return 130
    except RegularsError as error:
        click.echo(str(error), err=True)
        return error.exit_status
    except OSError as error:  # of the output itself, or of a file beside the playbook
        click.echo(f"{error.filename or 'the output'}: {error.strerror or error}", err=True)
        return 1
    return result if isinstance(result, int) else 0


def _open_streams() -> None:
    """Write to nowhere where the caller closed a stream, and what its encoding lacks as a mark."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (to the end)
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _refuse_no_text(arguments: Sequence[str]) -> None:
    """Refuse bytes that are no UTF-8, which no store could be asked for; files may be called so."""
    for argument in arguments:
        if not argument.isascii() and not os.path.lexists(argument):
            try:
                argument.encode()
            except UnicodeEncodeError:
                shown = argument.encode(errors="surrogateescape").decode(errors="replace")
                reason = f"'{shown}' is no UTF-8 text; write it in that encoding"
                raise click.UsageError(reason) from None
