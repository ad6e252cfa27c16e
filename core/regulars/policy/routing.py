"""Routing: which channel a planned message goes out on, and to what address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, false, func, or_, select, update

from regulars.customers.consent_sql import agrees
from regulars.customers.suppressions import folded_column, suppressed
from regulars.playbook.journeys import Send
from regulars.playbook.walking import named_steps

from .duplicates import look_back
from .erasures import erased_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Table

    from regulars.playbook.playbook import Playbook
    from regulars.segments.scope import Scope

    from .candidates import Candidates


@dataclass(frozen=True)
class Route:
    """One ``send`` step: its message, the channels it may take, in order, and its experiment."""

    journey: str
    step: str
    message: str
    channels: tuple[str, ...]
    experiment: str | None = None


def routes(playbook: Playbook) -> Iterator[Route]:
    """Every ``send`` step of the playbook."""
    for name, journey in playbook.journeys.items():
        for _, step, send in named_steps(journey, ()):
            if isinstance(send, Send):
                channels = send.via or list(playbook.messages[send.send].parts)
                yield Route(name, step, send.send, tuple(channels), send.experiment)


def experiment_routes(playbook: Playbook) -> Iterator[tuple[str, Route]]:
    """Every ``send`` step that has an experiment, behind its experiment's name."""
    for route in routes(playbook):
        if route.experiment is not None:
            yield route.experiment, route


def address(scope: Scope, message: str, channel: str) -> ColumnElement[Any]:
    """The attribute that holds the address of a customer on ``channel``."""
    medium = scope.playbook.messages[message].parts[channel].medium
    return scope.attribute(scope.playbook.channels[channel].address_attribute(medium))


def consented(scope: Scope, message: str, channel: str) -> ColumnElement[bool]:
    """Whether a customer may be sent the message's topic there."""
    topic = scope.playbook.messages[message].topic
    return agrees(scope.tables.customers, scope.playbook.topics, topic, channel)


def reach(connection: Connection, candidates: Candidates) -> None:
    """``suppressed``, ``consent``, ``unreachable``: no channel of ``via`` may be used.

    Else the message gets the first channel on which the customer has an address that is not
    suppressed and agrees to the topic.
    """
    columns = ("journey", "step")
    present = {tuple(r) for r in candidates.distinct(connection, *columns, where=candidates.open)}
    steps = [r for r in routes(candidates.scope.playbook) if (r.journey, r.step) in present]
    with erased_addresses(connection, candidates, _attributes(candidates.scope, steps)) as erased:
        for step in steps:
            _route(connection, candidates, step, erased)
    look_back(connection, candidates)


def _attributes(scope: Scope, steps: list[Route]) -> list[ColumnElement[Any]]:
    """Every attribute that one of ``steps`` may take an address from."""
    found = (address(scope, step.message, channel) for step in steps for channel in step.channels)
    return list({column.key: column for column in found}.values())


def _route(
    connection: Connection, candidates: Candidates, step: Route, erased: Table | None
) -> None:
    """Each channel in its turn takes whom it can reach; who is left is skipped."""
    scope, table = candidates.scope, candidates.table
    mine = and_(
        candidates.open,
        table.c.channel.is_(None),
        table.c.journey == step.journey,
        table.c.step == step.step,
    )
    theirs = table.c.customer == scope.tables.customers.c.id
    targets = {channel: address(scope, step.message, channel) for channel in step.channels}
    known = {channel: and_(t.is_not(None), t != "") for channel, t in targets.items()}
    agreed = {channel: consented(scope, step.message, channel) for channel in step.channels}
    transactional = scope.playbook.is_transactional(step.message)
    for channel, target in targets.items():
        blocked = _blocked(target, erased, transactional=transactional)
        connection.execute(
            update(table)
            .where(mine, theirs, known[channel], agreed[channel], ~blocked)
            .values(channel=channel, address=target, folded=folded_column(target))
        )
    welcome = or_(false(), *(and_(known[channel], agreed[channel]) for channel in targets))
    reason = case((welcome, "suppressed"), (or_(false(), *known.values()), "consent"))
    connection.execute(
        update(table)
        .where(mine, theirs)
        .values(state="skipped", reason=func.coalesce(reason, "unreachable"))
    )
    candidates.skip(connection, "unreachable", mine)  # of customers who are gone


def _blocked(
    target: ColumnElement[Any], erased: Table | None, *, transactional: bool
) -> ColumnElement[bool]:
    blocked = suppressed(target, transactional=transactional)
    if erased is None:
        return blocked
    return or_(blocked, folded_column(target).in_(select(erased.c.address)))
