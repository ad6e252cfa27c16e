"""``regulars segments``: list segments and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_json, print_table

from .opening import json_option, opened, playbook_argument

if TYPE_CHECKING:
    from pathlib import Path


@click.command("segments")
@playbook_argument
@click.argument("name", required=False)
@click.option("--members", is_flag=True, help="Print the ids of its members, one a line.")
@json_option
def command(playbook: Path, name: str | None, *, members: bool, as_json: bool) -> None:
    """List the segments of PLAYBOOK as the last run left them, or the members of NAME."""
    from regulars.runs.reading import segment_sizes, stored
    from regulars.segments.membership import members as member_keys

    with opened(playbook) as loaded:
        known = loaded.playbook.segments
        if name is not None and name not in known:
            raise click.BadParameter(f"unknown segment '{name}'; there are: {', '.join(known)}")
        if members and name is None:
            raise click.UsageError("name the segment whose members to print")
        with stored(loaded) as store:
            if members and name is not None:
                with store.reading() as connection:
                    for key in member_keys(connection, name):
                        click.echo(key)
                return
            sizes = segment_sizes(store, [name] if name else list(known))
    if as_json:
        print_json(sizes)
    else:
        print_table("Segments", ["segment", "members"], sizes.items())
