"""Doubts: what edits of a live experiment left behind, to know before its result is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from regulars.instants import micros
from regulars.store.tables import exposure_facts, exposures

from .facts import SEGMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

    from regulars.playbook.experiments import Experiment
    from regulars.segments.scope import Scope


def doubts(
    connection: Connection, scope: Scope, name: str, experiment: Experiment
) -> Iterator[str]:
    """What a person should know of the exposures of ``name`` up to the instant of ``scope``."""
    mine = (exposures.c.experiment == name, exposures.c.at <= micros(scope.now))
    other = _by_another_unit(connection, experiment, *mine)
    if other:
        unit = experiment.unit or "customer"
        yield (
            f"{other:,} customers were given their arm before the unit was {unit}; they keep it "
            "and count as they did then. Another unit is better tried in a new experiment."
        )
    for segment, unknown in _unnoted(connection, experiment, *mine):
        yield (
            f"Of {unknown:,} customers it wasn't noted whether they were in {segment}: they were "
            "given their arm before it stood in by, and count as outside."
        )


def _by_another_unit(
    connection: Connection, experiment: Experiment, *mine: ColumnElement[bool]
) -> int:
    """How many were given their arm by another unit than the one that is written now."""
    column = exposures.c.unit_share
    other = column.is_not(None) if experiment.unit is None else column.is_(None)
    return connection.scalar(select(func.count()).where(*mine, other)) or 0


def _unnoted(
    connection: Connection, experiment: Experiment, *mine: ColumnElement[bool]
) -> Iterator[tuple[str, int]]:
    """Segments of ``by`` with how many customers nothing was noted of at exposure."""
    if not experiment.by:
        return
    facts = exposure_facts.c
    noted = (
        select(facts.name, func.count().label("noted"))
        .join_from(
            exposures,
            exposure_facts,
            (facts.experiment == exposures.c.experiment) & (facts.customer == exposures.c.customer),
        )
        .where(*mine, facts.name.in_([SEGMENT + segment for segment in experiment.by]))
        .group_by(facts.name)
    )
    counts = {row.name: row.noted for row in connection.execute(noted)}
    everybody = connection.scalar(select(func.count()).where(*mine)) or 0
    for segment in experiment.by:
        if unknown := everybody - counts.get(SEGMENT + segment, 0):
            yield segment, unknown
