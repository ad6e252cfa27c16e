"""Why: one customer's whole story in order, with the reasons for what happened and what didn't."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from regulars.playbook.positions import plain
from regulars.predictions.explaining import explained

from .glimpse import after_run, customer_number, glimpse
from .telling.absence import Outside
from .telling.entries import any_active, entries_of
from .telling.known import known_of
from .telling.person import Person
from .telling.standing import standings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from regulars.playbook.loading import Loaded
    from regulars.predictions.explaining import Explained

    from .telling.standing import Standing


@dataclass(frozen=True)
class Passage:
    """One journey for one customer: their entries, and why they are not in it now if so."""

    journey: str
    entries: Sequence[Mapping[str, Any]]
    why_not: Sequence[str] = ()


@dataclass(frozen=True)
class Why:
    """A customer's story as of ``at``: what is known, computed, where they stand, what was done.

    ``explained`` says what moved their scores.
    """

    customer: str
    at: datetime
    known: Mapping[str, Any]
    traits: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, Any]]
    explained: Explained
    segments: Sequence[Standing]
    journeys: Sequence[Passage]

    def as_json(self) -> dict[str, Any]:
        """The story as data; a segment says ``inside`` beside what its condition finds."""
        told = asdict(self)
        told |= told.pop("explained")
        for standing, segment in zip(self.segments, told["segments"], strict=True):
            segment["inside"] = standing.inside
        return told


def why(
    loaded: Loaded,
    key: str,
    now: datetime | None = None,
    *,
    segments: Collection[str] | None = None,
    journeys: Collection[str] | None = None,
) -> Why:
    """The story of the customer ``key``, of these segments and journeys; None means of all.

    Without ``now`` it is as the last run left it; else as a run at ``now`` would leave it, with
    the sources' new data. Either way nothing is kept.

    Raises:
        StoreError: no such customer, nothing has run yet, or the store has run later than ``now``.
    """
    seen = glimpse(loaded, None) if now is None else after_run(loaded, now)
    with seen as view, view.store.transaction() as connection:
        person = Person.of(connection, view.scope, customer_number(connection, key))
        standing = standings(person, list(loaded.playbook.segments), _written(loaded))
        return Why(
            key,
            view.scope.now,
            known_of(person),
            person.profile.traits,
            person.profile.scores,
            explained(connection, view.scope, person.number, person.profile.scores),
            [s for name, s in standing.items() if segments is None or name in segments],
            [p for p in _passages(person, standing) if journeys is None or p.journey in journeys],
        )


def _written(loaded: Loaded) -> dict[str, Any]:
    """The conditions of segments as they stand in the file."""
    found = loaded.document.section("segments")
    return {name: plain(entry.node) for name, entry in found.items()}


def _passages(person: Person, standing: Mapping[str, Standing]) -> list[Passage]:
    """Every journey of the playbook, then those that are gone from it."""
    entries, journeys = entries_of(person), person.scope.playbook.journeys
    told = []
    for name, journey in journeys.items():
        outside = Outside(person, name, journey, standing, entries[name])
        why_not = () if any_active(entries[name]) else outside.why()
        told.append(Passage(name, entries[name], why_not))
    gone = [Passage(name, found) for name, found in entries.items() if name not in journeys]
    return told + gone
