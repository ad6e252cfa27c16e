"""Routing: which channel a planned message goes out on, and to what address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, false, or_, true, update

from regulars.journeys.program import program
from regulars.playbook.conditions import Consented
from regulars.playbook.journeys import Send
from regulars.playbook.messages import ADDRESS
from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

    from regulars.playbook.playbook import Playbook
    from regulars.segments.scope import Scope


@dataclass(frozen=True)
class Route:
    """One ``send`` step: its message and the channels it may take, in order."""

    journey: str
    step: str
    message: str
    channels: tuple[str, ...]


def routes(playbook: Playbook) -> Iterator[Route]:
    """Every ``send`` step of the playbook."""
    for name, journey in playbook.journeys.items():
        for instruction in program(journey):
            if isinstance(instruction.step, Send):
                send = instruction.step
                channels = send.via or list(playbook.messages[send.send].parts)
                yield Route(name, instruction.id, send.send, tuple(channels))


def address(scope: Scope, message: str, channel: str) -> ColumnElement[Any]:
    """The attribute that holds the address of a customer on ``channel``."""
    medium = scope.playbook.messages[message].parts[channel].medium
    return scope.attribute(scope.playbook.channels[channel].to or ADDRESS[medium])


def consented(scope: Scope, message: str, channel: str) -> ColumnElement[bool]:
    """Whether a customer may be sent the message's topic there; without a topic, yes."""
    topic = scope.playbook.messages[message].topic
    if topic is None:
        return true()
    return scope.condition(Consented(consented=topic, channel=channel))


def route(connection: Connection, scope: Scope, step: Route) -> None:
    """Give each planned message of ``step`` the first channel that can reach the customer.

    Who can't be reached is decided here: ``consent`` where an address is known but no channel
    with one may be used, else ``unreachable``.
    """
    customers, deliveries = scope.tables.customers, tables.deliveries
    targets = {channel: address(scope, step.message, channel) for channel in step.channels}
    known = {channel: and_(t.is_not(None), t != "") for channel, t in targets.items()}
    usable = {
        channel: and_(known[channel], consented(scope, step.message, channel))
        for channel in step.channels
    }
    nobody = ~or_(false(), *usable.values())
    reason = case((or_(false(), *known.values()), "consent"), else_="unreachable")
    mine = and_(
        deliveries.c.state == "planned",
        deliveries.c.channel.is_(None),
        deliveries.c.journey == step.journey,
        deliveries.c.step == step.step,
        deliveries.c.customer == customers.c.id,
    )
    chosen = case(*((usable[channel], channel) for channel in step.channels))
    target = case(*((usable[channel], targets[channel]) for channel in step.channels))
    connection.execute(
        update(deliveries).where(mine, ~nobody).values(channel=chosen, address=target)
    )
    connection.execute(update(deliveries).where(mine).values(state="skipped", reason=reason))
