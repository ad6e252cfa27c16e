"""What a run did, in the numbers that ``plan`` and ``run`` both print."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from regulars.customers.loading.ingest import Ingested
    from regulars.customers.privacy.retention import Retained
    from regulars.delivery.rehearsing import Sample
    from regulars.journeys.editing import Edit
    from regulars.journeys.stage import JourneyCount
    from regulars.predictions.stage import ModelCount
    from regulars.segments.membership import SegmentCount
    from regulars.store import Store


@dataclass(frozen=True)
class Decisions:
    """How many planned messages ended how in this run; ``held`` and ``skipped`` by reason."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    held: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """One run or plan; ``seconds`` is the time that each stage took by the wall clock.

    ``away`` are channels that could not be reached, with the reason: their messages stay planned
    for the next run. ``samples`` are messages that a plan would have sent. ``goals`` are the goals
    that were seen to be reached, by journey; ``edits`` what became of those who stood before a step
    that is gone. ``retained`` says which old events are not kept any longer. ``models`` are what
    each model learned, and whom it scored. ``slow`` are segments that took over 30 seconds, with
    what would help. ``left`` says how many messages wait for others to send them, where the run was
    told to leave that.
    """

    playbook: str
    at: datetime
    ingested: Mapping[str, Ingested]
    segments: Mapping[str, SegmentCount]
    journeys: Mapping[str, JourneyCount]
    decisions: Decisions
    seconds: Mapping[str, float]
    away: Mapping[str, str] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    goals: Mapping[str, int] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    retained: Retained | None = None
    models: Mapping[str, ModelCount] = field(default_factory=dict)
    slow: Mapping[str, str] = field(default_factory=dict)
    left: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints; ``models`` are in it equal where runs did the same."""
        told = {**asdict(self), "at": _written(self.at)}
        del told["away"], told["samples"]
        if self.left is None:
            del told["left"]
        if self.retained is not None:
            told["retained"]["until"] = _written(self.retained.until)
        for counts in told["ingested"].values():
            del counts["too_old"]
        for counts in told["journeys"].values():
            del counts["missed"]
        alone = {name: model.pop("seconds") for name, model in told["models"].items()}
        if alone:
            told["seconds"] |= {"by_model": alone}
        return told

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody should look: a message failed, may have, or could not be tried."""
        return bool(self.decisions.failed or self.decisions.unknown or self.away)


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def count_planned(store: Store) -> int:
    """How many messages are planned, or claimed by others who are at work already."""
    state = tables.deliveries.c.state
    query = select(func.count()).where(state.in_(("planned", "claimed")))
    with store.reading() as connection:
        return connection.scalar(query) or 0


def count_decisions(store: Store, run: int) -> Decisions:
    """The decisions that ``run`` made."""
    deliveries = tables.deliveries
    query = (
        select(deliveries.c.state, deliveries.c.reason, func.count())
        .where(deliveries.c.decided_by == run)
        .group_by(deliveries.c.state, deliveries.c.reason)
        .order_by(deliveries.c.reason)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    totals: Counter[str] = Counter()
    reasons: dict[str, dict[str, int]] = {"held": {}, "skipped": {}}
    for state, reason, count in rows:
        totals[state] += count
        if state in reasons:
            reasons[state][reason] = count
    return Decisions(totals["sent"], totals["failed"], totals["unknown"], **reasons)
