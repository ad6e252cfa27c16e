"""``regulars init``: start a client's folder from an example."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from .opening import installed_plugins


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--starter", default="corner-bakery", show_default=True, help="What to start from.")
def command(folder: Path, starter: str) -> None:
    """Start a client in FOLDER: a playbook, its templates and some data to try it on."""
    starters = installed_plugins().starters
    if starter not in starters:
        names = ", ".join(sorted(starters))
        raise click.BadParameter(f"there is no starter '{starter}'; choose one of: {names}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.BadParameter(f"'{folder}' is not empty; name a new folder")
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", ".regulars", "outbox")
    try:
        shutil.copytree(starters[starter].folder, folder, dirs_exist_ok=True, ignore=unwanted)
    except OSError as error:
        raise click.BadParameter(f"'{folder}' can't be made: {error.strerror or error}") from None
    for made in sorted(path for path in folder.rglob("*") if path.is_file()):
        click.echo(str(made))
    click.echo(f"\nNext: regulars plan {folder / 'playbook.yaml'}", err=True)
