"""``regulars segments``: list segments and who is in them, or how a warehouse finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_json, print_table

from .opening import at_option, instant_of, json_option, opened, playbook_argument

if TYPE_CHECKING:
    from pathlib import Path

WAREHOUSES = ("trino", "bigquery", "snowflake", "databricks", "redshift", "clickhouse", "duckdb")


@click.command("segments")
@playbook_argument
@click.argument("name", required=False)
@click.option("--members", is_flag=True, help="Print the ids of its members, one a line.")
@click.option(
    "--sql",
    "warehouse",
    type=click.Choice(WAREHOUSES),
    metavar="WAREHOUSE",
    help="Print the statement that finds the members at --at in a warehouse: "
    f"{', '.join(WAREHOUSES)}.",
)
@at_option
@json_option
def command(  # noqa: PLR0913 (a parameter an option)
    playbook: Path,
    name: str | None,
    *,
    members: bool,
    warehouse: str | None,
    at: str | None,
    as_json: bool,
) -> None:
    """List the segments of PLAYBOOK as the last run left them, or the members of NAME."""
    from regulars.runs.reading import segment_sizes, stored
    from regulars.segments.membership import members as member_keys

    _together(at, warehouse, members=members, as_json=as_json)
    with opened(playbook) as loaded:
        known = loaded.playbook.segments
        if name is not None and name not in known:
            raise click.BadParameter(f"unknown segment '{name}'; there are: {', '.join(known)}")
        if members and name is None:
            raise click.UsageError("name the segment whose members to print")
        if warehouse is not None:
            from regulars.segments.pushdown import pushed_down

            click.echo(
                pushed_down(loaded, instant_of(at, loaded), warehouse, [name] if name else None)
            )
            return
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


def _together(at: str | None, warehouse: str | None, *, members: bool, as_json: bool) -> None:
    """Refuse options that say nothing to one another."""
    if warehouse is not None and (members or as_json):
        raise click.UsageError("--sql prints a statement; leave --members and --json out")
    if warehouse is None and at is not None:
        raise click.UsageError("--at goes with --sql; what is stored is as the last run left it")
