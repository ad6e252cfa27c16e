"""A preview: the exact message that a customer would get now, and a page to look at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import func, select

from regulars.delivery.composing import Composer, experiments_of, gather
from regulars.delivery.ledger import Claim
from regulars.errors import PermanentError, StoreError
from regulars.experiments import Assignment
from regulars.hooks import Outgoing, RunInfo
from regulars.instants import micros
from regulars.messages.mime import mime
from regulars.playbook.triggers import EventTrigger
from regulars.policy import address, experiment_routes, routes
from regulars.store import tables

from .glimpse import customer_number, glimpse

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.loading import Loaded
    from regulars.segments.scope import Scope

NOWHERE = "nobody@example.invalid"  # shown where the customer has no address


@dataclass(frozen=True)
class Preview:
    """One message: ``exact`` is an e-mail as MIME, a text as it is, data field by field.

    ``page`` is HTML to look at, ``message`` what a channel would be given.
    """

    exact: bytes
    page: str
    message: Outgoing


def preview(
    loaded: Loaded, message: str, customer: str, channel: str | None, now: datetime
) -> Preview:
    """What ``customer`` would get at ``now``; data that is not loaded yet is read, nothing is kept.

    ``event`` in the template is the customer's latest one that a journey with this message waits
    for, ``arm`` that of the first step that sends it with an experiment. Consent and addresses are
    not asked: a preview goes to nobody.

    Raises:
        StoreError: there is no such message, part of it, or customer.
        PermanentError: the template fails for this customer.
    """
    channel = _channel(loaded, message, channel)
    with glimpse(loaded, now) as seen, seen.store.transaction() as connection:
        claim = _claim(connection, seen.scope, message, channel, customer)
        run = RunInfo(id="preview", playbook=loaded.playbook.id, at=now)
        material = gather(connection, seen.scope, [claim])
        material = replace(material, arms=_arms(connection, seen.scope, claim))
        composed = Composer(seen.scope, run).compose(claim, material)
    if not isinstance(composed, Outgoing):
        outcome = composed.outcome
        raise PermanentError(f"'{message}' for {customer}: {outcome.reason}: {outcome.detail}")
    return Preview(_exact(loaded, channel, composed), _page(composed), composed)


def _channel(loaded: Loaded, message: str, channel: str | None) -> str:
    messages = loaded.playbook.messages
    if message not in messages:
        raise StoreError(f"unknown message '{message}'; there are: {', '.join(messages)}")
    parts = messages[message].parts
    if channel is not None and channel not in parts:
        raise StoreError(f"'{message}' has no part '{channel}'; it has: {', '.join(parts)}")
    return channel or next(iter(parts))


def _claim(
    connection: Connection, scope: Scope, message: str, channel: str, customer: str
) -> Claim:
    number = customer_number(connection, customer)
    people = scope.tables.customers
    shown = next(
        (route for _, route in experiment_routes(scope.playbook) if route.message == message), None
    )
    target = select(address(scope, message, channel)).where(people.c.id == number)
    return Claim(
        id=0,
        fence=0,
        journey="preview" if shown is None else shown.journey,
        step=message if shown is None else shown.step,
        customer=number,
        message=message,
        channel=channel,
        address=connection.scalar(target) or NOWHERE,
        occurred_at=micros(scope.now),
        entry=None,
        event=_event(connection, scope, message, number),
    )


def _arms(connection: Connection, scope: Scope, claim: Claim) -> dict[tuple[str, int], str]:
    """The arm that the customer would be given now."""
    name = experiments_of(scope.playbook).get((claim.journey, claim.step))
    if name is None:
        return {}
    way = Assignment.of(connection, scope, name).way
    query = select(way).select_from(scope.people).where(scope.customer == claim.customer)
    return {(name, claim.customer): connection.scalars(query).one()}


def _event(connection: Connection, scope: Scope, message: str, customer: int) -> int | None:
    """The latest event of the customer that lets into a journey with this message."""
    journeys = {route.journey for route in routes(scope.playbook) if route.message == message}
    triggers = [scope.playbook.journeys[name].when for name in sorted(journeys)]
    names = [trigger.event for trigger in triggers if isinstance(trigger, EventTrigger)]
    codes = [code for code in map(scope.event, names) if code is not None]
    events = tables.events
    query = select(func.max(events.c.id)).where(
        events.c.customer == customer, events.c.name.in_(codes), events.c.time <= micros(scope.now)
    )
    latest: int | None = connection.scalar(query)
    return latest


def _exact(loaded: Loaded, channel: str, message: Outgoing) -> bytes:
    if message.medium == "email":
        settings = loaded.playbook.settings["channels", channel]
        sender = getattr(settings, "from_", None) or f"{channel}@localhost"
        return mime(message, sender=sender, reply_to=getattr(settings, "reply_to", None))
    return f"{in_plain_text(message)}\n".encode()


def in_plain_text(message: Outgoing) -> str:
    """What is read of ``message`` without its HTML; of data, one field a line."""
    return message.text or "\n".join(f"{name}: {value}" for name, value in message.data.items())


def _page(message: Outgoing) -> str:
    """The HTML of an e-mail in a frame that runs no script, else the text as it is."""
    if message.html:
        body = f'<iframe sandbox src="data:text/html;charset=utf-8,{quote(message.html)}"></iframe>'
    else:
        body = f"<pre>{escape(in_plain_text(message))}</pre>"
    return (
        "<!doctype html><meta charset=utf-8><style>body{margin:0;font:16px sans-serif}"
        "p{margin:1em}iframe{border:0;width:100%;height:90vh}pre{margin:1em}</style>"
        f"<title>{escape(message.subject or message.message)}</title>"
        f"<p>To {escape(message.address)}: <b>{escape(message.subject)}</b></p>{body}"
    )
