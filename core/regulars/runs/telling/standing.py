"""Where a customer stands with each segment: inside or not, since when, and why now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.segments.explaining import explain
from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from regulars.segments.explaining import Finding

    from .person import Person


@dataclass(frozen=True)
class Standing:
    """One segment: ``since`` when they are a member (None: they aren't), and every change.

    ``finding`` is what the condition says of them now. Where it differs from the membership, the
    next run lets them in or out.
    """

    segment: str
    since: datetime | None
    changes: Sequence[dict[str, Any]]
    finding: Finding

    @property
    def inside(self) -> bool:
        """Whether they are a member."""
        return self.since is not None


def standings(
    person: Person, segments: Sequence[str], written: Mapping[str, Any]
) -> dict[str, Standing]:
    """Where the customer stands with each of ``segments``.

    ``written`` gives conditions as they stand in the file.
    """
    findings = explain(person.connection, person.scope, person.number, segments, written)
    since, changes = _since(person), _changes(person)
    return {
        name: Standing(name, since.get(name), changes[name], finding)
        for name, finding in findings.items()
    }


def _since(person: Person) -> dict[str, datetime]:
    members, segments = tables.members, tables.segments
    query = (
        select(segments.c.name, members.c.since)
        .join(segments, segments.c.id == members.c.segment)
        .where(members.c.customer == person.number, members.c.segment.in_(select(segments.c.id)))
    )
    return {row["name"]: row["since"] for row in person.rows(query)}


def _changes(person: Person) -> dict[str, list[dict[str, Any]]]:
    changes, segments = tables.changes, tables.segments
    query = (
        select(segments.c.name, changes.c.at, changes.c.entered, changes.c.by_edit)
        .join(segments, segments.c.id == changes.c.segment)
        .where(changes.c.customer == person.number)
        .order_by(changes.c.at, changes.c.id)
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in person.rows(query):
        told = {"at": row["at"], "entered": bool(row["entered"]), "by_edit": bool(row["by_edit"])}
        found[row["name"]].append(told)
    return found
