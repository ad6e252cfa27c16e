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

    from regulars.errors import RegularsError
    from regulars.hooks import Plugins
    from regulars.playbook.loading import Loaded

Command = TypeVar("Command", bound=Callable[..., Any])

playbook_argument = click.argument("playbook", type=click.Path(path_type=Path))
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
    from regulars.errors import RegularsError
    from regulars.playbook.secrets import redact
    from regulars.runs.loading import load_playbook

    loaded = load_playbook(path)
    try:
        yield loaded
    except RegularsError as error:
        told = _placed(error, loaded)
        told.args = tuple(redact(str(item), loaded.playbook.secrets) for item in told.args)
        raise told from error


def _placed(error: RegularsError, loaded: Loaded) -> RegularsError:
    """``error``, with the place of the source that it speaks of."""
    from regulars.errors import SourceError

    if not isinstance(error, SourceError) or error.source is None:
        return error
    place = ":".join(map(str, loaded.place(("sources", error.source))))
    return SourceError(f"{place}: {error}", source=error.source)


def instant_of(text: str | None, loaded: Loaded) -> datetime:
    """The instant that ``--at`` writes, else now.

    Raises:
        click.BadParameter: the text is no time.
    """
    from regulars.playbook.times import LocalTime

    if text is None:
        return datetime.now(UTC)
    try:
        return LocalTime.parse(text).at(loaded.playbook.timezone)
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
