"""The beginning and the end of a run: a store made ready for it, and its row in ``runs``."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from regulars.customers.traits import plan_traits
from regulars.errors import StoreError
from regulars.hooks import RunInfo
from regulars.instants import instant, micros
from regulars.store import tables

from .identity import belong_to, refuse_another

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regulars.customers.traits import TraitPlan
    from regulars.playbook.loading import Loaded
    from regulars.store import Store
    from regulars.store.profiling import Profile

    from .summary import Summary


@dataclass
class Clock:
    """The seconds that each stage took by the wall clock, by its name; ``profile`` knows more."""

    seconds: dict[str, float] = field(default_factory=dict)
    profile: Profile | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block, which is the stage ``name``."""
        started = perf_counter()
        if self.profile is not None:
            self.profile.stage = name
        try:
            yield
        finally:
            self.seconds[name] = round(perf_counter() - started, 4)


@dataclass(frozen=True)
class Begun:
    """A run that has begun, in a store that is fit for it.

    ``number`` is the run's own in the store, ``info`` what plugins are told of it.
    """

    number: int
    info: RunInfo
    traits: TraitPlan
    clock: Clock


def begin(store: Store, loaded: Loaded, now: datetime, profile: Profile | None = None) -> Begun:
    """Make ``store`` fit for the playbook, and write down that a run begins; the first stage.

    Raises:
        StoreError: it is another playbook's, or ran at a later instant already.
    """
    playbook, clock = loaded.playbook, Clock(profile=profile)
    with clock.stage("prepare"):
        traits = plan_traits(playbook, loaded.plugins)
        refuse_another(store, playbook.id)
        refuse_to_go_back(store, now)
        store.fit(traits.shape)
        belong_to(store, playbook.id)
        number, info = _recorded(store, playbook.id, now)
    return Begun(number, info, traits, clock)


def refuse_to_go_back(store: Store, now: datetime) -> None:
    """Time goes one way: a run before the last one would let customers in a second time."""
    with store.reading() as connection:
        last = connection.scalar(select(func.max(tables.runs.c.at)))
    if last is not None and micros(now) < last:
        raise StoreError(
            f"this store has already run at {instant(last).isoformat()}, which is later than "
            f"{now.isoformat()}; run at a later instant, or play the past on a store of its own"
        )


def _recorded(store: Store, playbook: str, now: datetime) -> tuple[int, RunInfo]:
    started = micros(datetime.now(UTC))
    with store.transaction() as connection:
        row = {"at": micros(now), "started_at": started}
        made = connection.execute(insert(tables.runs).values(row)).inserted_primary_key
        number: int = made[0] if made else 0
    return number, run_info(playbook, number, now)


def run_info(playbook: str, number: int, now: datetime) -> RunInfo:
    """What plugins are told of the run ``number``."""
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number}"
    return RunInfo(id=name, playbook=playbook, at=now)


def finish(store: Store, number: int, summary: Summary) -> None:
    """Write down that the run ``number`` ended, with what it did."""
    values: dict[str, Any] = {
        "finished_at": micros(datetime.now(UTC)),
        "summary": json.dumps(summary.as_json()),
    }
    with store.transaction() as connection:
        connection.execute(update(tables.runs).where(tables.runs.c.id == number).values(values))
