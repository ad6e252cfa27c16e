"""Several clients' runs, for people: what was said of each, and a table of all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from regulars.printing import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from regulars.runs.many import Ran

HOW = {0: "done", 1: "look at it", 2: "mend it", 3: "busy"}


def refuse_twice(playbooks: Sequence[Path]) -> None:
    """Refuse a playbook that is named a second time.

    Raises:
        click.UsageError: it says which.
    """
    often = Counter(path.resolve() for path in playbooks)
    twice = [str(path) for path in playbooks if often[path.resolve()] > 1]
    if twice:
        raise click.UsageError(f"the same playbook is named twice: {', '.join(twice)}")


def tell(ran: Ran) -> None:
    """What was said of one client, on stderr, each line under its name."""
    name = f"{ran.playbook or ran.path}: "
    words = [*ran.log, *([ran.said] if ran.said else [])]
    for line in (line for text in words for line in text.splitlines()):
        click.echo(line if line.startswith(str(ran.path)) else name + line, err=True)


def print_together(runs: Sequence[Ran]) -> None:
    """A line for each client, in the order in which they were named."""
    columns = ["client", "sent", "failed", "unknown", "held", "skipped", "seconds", "status"]
    print_table("Clients", columns, map(_cells, runs))


def _cells(ran: Ran) -> list[object]:
    decided = ran.summary["decisions"] if ran.summary else {}
    ended = [decided.get(state) for state in ("sent", "failed", "unknown")]
    waiting = [sum(decided[state].values()) if decided else None for state in ("held", "skipped")]
    status = f"{ran.status}: {HOW.get(ran.status, 'look at it')}"
    return [ran.playbook or str(ran.path), *ended, *waiting, round(ran.seconds, 1), status]
