"""``regulars sources``: show what was loaded, and the rows that were refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from regulars.printing import print_json, print_table

from .opening import json_option, opened, playbook_argument

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT = {"erased": "of erased people", "too_old": "too old to keep"}


@click.command("sources")
@playbook_argument
@click.option("--rejects", default=20, show_default=True, help="How many rejected rows to show.")
@json_option
def command(playbook: Path, rejects: int, *, as_json: bool) -> None:
    """Show what was loaded from the sources of PLAYBOOK, and the rows that were refused."""
    from regulars.runs.reading import loads, rejected_rows, stored

    with opened(playbook) as loaded, stored(loaded) as store:
        loaded_parts = loads(store)
        refused = rejected_rows(store, rejects)
    if as_json:
        print_json({"loads": loaded_parts, "rejects": refused})
        return
    left_out = [name for name in LEFT_OUT if any(part[name] for part in loaded_parts)]
    print_table(
        "Sources",
        [
            "source",
            "file or query",
            "rows",
            "rejected",
            *(LEFT_OUT[n] for n in left_out),
            "loaded at",
        ],
        (
            _cells(part, "source", "origin", "rows", "rejected", *left_out, "at")
            for part in loaded_parts
        ),
    )
    if refused:
        print_table(
            "Rejected rows",
            ["source", "file or query", "row", "reason"],
            (_cells(row, "source", "origin", "row", "reason") for row in refused),
        )


def _cells(row: dict[str, object], *names: str) -> list[object]:
    return [row[name] for name in names]
