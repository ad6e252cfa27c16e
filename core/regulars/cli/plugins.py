"""``regulars plugins``: list plugins and what they offer."""

from __future__ import annotations

from pathlib import Path

import click

from regulars.printing import print_json, print_table

from .opening import installed_plugins, json_option, opened


@click.command("plugins")
@click.argument("playbook", type=click.Path(path_type=Path), required=False)
@json_option
def command(playbook: Path | None, *, as_json: bool) -> None:
    """List the installed plugins, or those that PLAYBOOK uses, and what they offer."""
    if playbook is None:
        plugins = installed_plugins()
    else:
        with opened(playbook) as loaded:
            plugins = loaded.plugins
    if as_json:
        print_json(
            [
                {
                    "name": info.name,
                    "distribution": info.distribution,
                    "version": info.version,
                    "offers": info.offers,
                    "hooks": info.hooks,
                    "broken": info.broken or info.off,
                }
                for info in plugins.infos
            ]
        )
        return
    print_table(
        "Plugins",
        ["name", "distribution", "version", "offers", "not used because"],
        (
            [
                info.name,
                info.distribution,
                info.version,
                "; ".join(f"{family}: {', '.join(n)}" for family, n in info.offers.items()),
                info.broken or info.off,
            ]
            for info in plugins.infos
        ),
    )
