"""Where the time of a run went, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from regulars.printing import print_table

if TYPE_CHECKING:
    from regulars.runs.summary import Summary
    from regulars.store.profiling import Profile

MOST = 10  # statements that people are told of
MOST_IN_JSON = 200
EXPLAINED = 3  # of them whole, with the plan
LENGTH = 120  # characters of one


def print_profile(summary: Summary, profile: Profile) -> None:
    """The stages with their seconds, the slowest statements, and their plans if there are."""
    whole = sum(summary.seconds.values())
    stages = [
        [name, round(took, 2), round(profile.in_statements(name), 2), f"{_share(took, whole):.0%}"]
        for name, took in summary.seconds.items()
    ]
    print_table("Where the time went", ["stage", "seconds", "in the database", "share"], stages)
    slowest = profile.slowest(MOST)
    rows = [[s.stage, round(s.seconds, 2), s.times, _short(s.text)] for s in slowest]
    print_table("The slowest statements", ["stage", "seconds", "times", "statement"], rows)
    for statement in slowest[:EXPLAINED]:
        if statement.plan is not None:
            click.echo(f"{statement.stage}, {statement.seconds:.2f} s:\n{statement.text}\n")
            click.echo("\n".join(f"  {line}" for line in statement.plan))
            click.echo()


def profile_as_json(profile: Profile) -> list[dict[str, Any]]:
    """The slowest statements."""
    return [
        {
            "stage": each.stage,
            "seconds": round(each.seconds, 4),
            "times": each.times,
            "statement": each.text,
            "plan": each.plan,
        }
        for each in profile.slowest(MOST_IN_JSON)
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LENGTH else f"{line[: LENGTH - 1]}…"
