"""What is known of a customer: where it came from, consents, suppression, holdout, arms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from regulars.customers.suppressions import reasons_against
from regulars.experiments import held_out
from regulars.store import of_any_name, tables

if TYPE_CHECKING:
    from .person import Person

OWN = "regulars"  # the source of the events that journeys and feedback record


def known_of(person: Person) -> dict[str, Any]:
    """What the store has of the customer, in the order in which a run would read it."""
    return {
        "profile": person.profile.customer,
        "zone": person.zone.key,
        "events": _events(person),
        "consents": _consents(person),
        "addresses": _addresses(person),
        "holdout": _holdout(person),
        "experiments": _arms(person),
    }


def _events(person: Person) -> list[dict[str, Any]]:
    """By source and name: how many, the first and the last."""
    events, names, sources = tables.events, tables.event_names, tables.sources
    query = (
        select(
            func.coalesce(sources.c.name, OWN).label("source"),
            names.c.name.label("event"),
            func.sum(events.c.times).label("count"),
            func.min(events.c.time).label("first"),
            func.max(events.c.time).label("last"),
        )
        .join_from(events, names, names.c.id == events.c.name)
        .outerjoin(sources, sources.c.id == events.c.source)
        .where(of_any_name(events), events.c.customer == person.number)
        .where(events.c.time <= person.now)
        .group_by(sources.c.name, names.c.name)
        .order_by(func.min(events.c.time), names.c.name)
    )
    return [row | {"count": int(row["count"])} for row in person.rows(query)]


def _consents(person: Person) -> list[dict[str, Any]]:
    """Every word of theirs; without a topic it is about everything, without a channel on all."""
    consents = tables.consents
    query = (
        select(consents.c.topic, consents.c.channel, consents.c.granted, consents.c.at)
        .where(consents.c.customer == person.number)
        .order_by(consents.c.topic, consents.c.channel)
    )
    return [row | {"granted": bool(row["granted"])} for row in person.rows(query)]


def _addresses(person: Person) -> list[dict[str, Any]]:
    """Each channel's address, and why it is not written to any more if so."""
    found = dict(addresses(person))
    reasons = reasons_against(person.connection, {a for a in found.values() if a})
    return [
        {"channel": channel, "address": address, "suppressed": reasons.get(address or "")}
        for channel, address in found.items()
    ]


def addresses(person: Person) -> list[tuple[str, str | None]]:
    """Each channel that a message may go out on, with the customer's address there."""
    playbook, theirs = person.scope.playbook, person.profile.customer
    media = {
        channel: part.medium
        for message in playbook.messages.values()
        for channel, part in message.parts.items()
    }
    return [
        (name, theirs.get(channel.address_attribute(media[name])) or None)
        for name, channel in playbook.channels.items()
        if name in media
    ]


def _holdout(person: Person) -> bool | None:
    """Whether they are held out; None where the playbook holds nobody out."""
    if person.scope.playbook.policy.holdout is None:
        return None
    query = select(held_out(person.scope)).where(person.scope.customer == person.number)
    return bool(person.connection.scalar(query))


def _arms(person: Person) -> list[dict[str, Any]]:
    exposures = tables.exposures
    query = (
        select(exposures.c.experiment, exposures.c.arm, exposures.c.at)
        .where(exposures.c.customer == person.number)
        .order_by(exposures.c.at, exposures.c.experiment)
    )
    return person.rows(query)
