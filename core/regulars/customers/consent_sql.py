"""A customer's consent as SQL: their word for a topic, or for everything, on a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, or_, select, true

from regulars.store import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Table

    from regulars.playbook.messages import Topic

EVERYTHING = ""  # the topic of a no to all of them
ANYWHERE = ""  # the channel of a word that counts on all of them


def agrees(
    customers: Table, topics: Mapping[str, Topic], name: str | None, channel: str = ANYWHERE
) -> ColumnElement[bool]:
    """Whether a customer may be sent the topic ``name`` on ``channel``; never NULL.

    The word for the channel counts, else the one for all channels, else the topic's basis. A no to
    everything stops it as well, unless a yes to the topic came later. Transactional topics need
    nobody's word. Without a topic only the no to everything counts.
    """
    if name is None:
        return ~_refuses_everything(customers, None, channel)
    basis = topics[name].basis
    if basis == "transactional":
        return true()
    words = [word_for(customers, name, where) for where in dict.fromkeys((channel, ANYWHERE))]
    said = func.coalesce(*words, 0 if basis == "opt_in" else 1) != 0
    return and_(said, ~_refuses_everything(customers, name, channel))


def word_for(
    customers: Table, topic: str, channel: str, part: Literal["granted", "at"] = "granted"
) -> ColumnElement[Any]:
    """The customer's own word: 1 or 0, or when it was said; NULL where they said nothing."""
    consents = tables.consents
    query = select(consents.c[part]).where(
        consents.c.customer == customers.c.id,
        consents.c.topic == topic,
        consents.c.channel == channel,
    )
    return query.correlate(customers).scalar_subquery()


def _refuses_everything(customers: Table, topic: str | None, channel: str) -> ColumnElement[bool]:
    no = _latest(customers, EVERYTHING, channel, granted=False)
    if topic is None:
        return no.is_not(None)
    yes = _latest(customers, topic, channel, granted=True)
    return and_(no.is_not(None), or_(yes.is_(None), yes <= no))


def _latest(
    customers: Table, topic: str, channel: str, *, granted: bool
) -> ColumnElement[int | None]:
    """When the customer last said so. A value, so that databases look it up and scan nothing."""
    consents = tables.consents
    query = select(func.max(consents.c.at)).where(
        consents.c.customer == customers.c.id,
        consents.c.topic == topic,
        consents.c.channel.in_(sorted({channel, ANYWHERE})),
        consents.c.granted == int(granted),
    )
    return query.correlate(customers).scalar_subquery()
