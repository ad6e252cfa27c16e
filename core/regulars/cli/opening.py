"""What the commands share: the playbook argument, ``--at``, ``--json``, opening and redacting."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.hooks import Plugins
    from regulars.playbook.loading import Loaded
    from regulars.playbook.times import LocalTime

Command = TypeVar("Command", bound=Callable[..., Any])

playbook_argument = click.argument("playbook", type=click.Path(path_type=Path))
playbooks_argument = click.argument(
    "playbooks", metavar="PLAYBOOK...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
at_option = click.option(
    "--at",
    metavar="TIME",
    help="The instant to act at, as 2026-12-01T09:00Z; without an offset in the playbook's "
    "timezone. Default: now.",
)
svg_option = click.option(
    "--svg",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a picture of NAME.",
)


def installed_plugins() -> Plugins:
    """Every installed plugin, but for those that ``REGULARS_DISABLE`` switches off."""
    from regulars.hooks import Plugins
    from regulars.hooks.assembly import disabled_in

    return Plugins.load(disabled=disabled_in(os.environ))


@contextmanager
def opened(path: Path) -> Iterator[Loaded]:
    """The checked playbook at ``path``.

    Errors inside are redacted of its secrets, and a source's error says where the source stands.
    """
    from regulars.runs.loading import load_playbook, spoken

    loaded = load_playbook(path)
    with spoken(loaded):
        yield loaded


def instant_of(text: str | None, loaded: Loaded) -> datetime:
    """The instant that ``--at`` writes, else now.

    Raises:
        click.BadParameter: the text is no time.
    """
    written = time_of(text)
    return datetime.now(UTC) if written is None else written.at(loaded.playbook.timezone)


def time_of(text: str | None) -> LocalTime | None:
    """What ``--at`` writes, in whichever zone.

    Raises:
        click.BadParameter: the text is no time.
    """
    from regulars.playbook.times import LocalTime

    try:
        return None if text is None else LocalTime.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None


def write_picture(file: Path, svg: str) -> None:
    """Write what ``--svg`` asks for.

    Raises:
        click.UsageError: the file can't be written.
    """
    try:
        file.write_text(svg, encoding="utf-8")
    except OSError as error:
        reason = f"--svg {file}: {error.strerror or error}; name a file that can be written"
        raise click.UsageError(reason) from error
    click.echo(f"written to {file}", err=True)


def login() -> str:
    """The name of the person at the keyboard, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without names
        return "unknown"
