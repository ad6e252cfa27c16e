"""Composing: from a claim to the message that a channel is given, or to why there is none."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.customers.profiles import profiles
from regulars.errors import PermanentError, PluginError
from regulars.experiments import arms_given
from regulars.hooks import Outgoing
from regulars.instants import instant
from regulars.messages.addresses import address
from regulars.messages.arms import arm_words
from regulars.messages.links import linking
from regulars.messages.rendering import Renderer, RenderError
from regulars.policy import experiment_routes
from regulars.store import tables

from .keys import delivery_key
from .outcomes import Outcome, skipped
from .statements import BEHIND
from .workers import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.customers.profiles import Profile
    from regulars.hooks import RunInfo
    from regulars.playbook.playbook import Playbook
    from regulars.segments.scope import Scope

    from .ledger import Claim


AHEAD = 1_000  # messages whose customers and events are read at a time


@dataclass(frozen=True)
class Material:
    """What messages are made of: profiles of customers, the events that let them in, their arms.

    ``arms`` are by experiment and customer.
    """

    profiles: Mapping[int, Profile] = field(default_factory=dict)
    events: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    arms: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def covers(self, claims: Sequence[Claim]) -> bool:
        """Whether everything that ``claims`` are made of is here."""
        return all(
            claim.customer in self.profiles and (claim.event is None or claim.event in self.events)
            for claim in claims
        )


def gather(connection: Connection, scope: Scope, claims: Sequence[Claim]) -> Material:
    """Read what ``claims`` and the planned messages behind them are made of, one query each."""
    last = max(claim.id for claim in claims)
    behind = connection.execute(BEHIND, {"after": last, "most": AHEAD}).all()
    wanted = [(claim.customer, claim.event) for claim in claims] + [tuple(row) for row in behind]
    customers = sorted({customer for customer, _ in wanted})
    return Material(
        profiles(connection, scope, customers),
        _events(connection, sorted({event for _, event in wanted if event is not None})),
        arms_given(connection, set(experiments_of(scope.playbook).values()), customers),
    )


def experiments_of(playbook: Playbook) -> dict[tuple[str, str], str]:
    """The experiment of each step that sends with one, by journey and step."""
    return {
        (route.journey, route.step): experiment for experiment, route in experiment_routes(playbook)
    }


def _events(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    events, names = tables.events, tables.event_names
    rows = connection.execute(
        select(events.c.id, names.c.name, events.c.time, events.c.properties)
        .join_from(events, names, names.c.id == events.c.name)
        .where(events.c.id.in_(ids))
    )
    return {
        number: {"name": name, **json.loads(properties or "{}"), "time": instant(time)}
        for number, name, time, properties in rows
    }


class Composer:
    """Writes messages for one run; with ``make_key`` the key of links is made if there is none."""

    def __init__(self, scope: Scope, run: RunInfo, *, make_key: bool = False) -> None:
        self.scope = scope
        self.linking = linking(scope.playbook, make_key=make_key)
        self.run = run
        self.renderer = Renderer(scope.playbook, scope.plugins)
        self.deciders = scope.plugins.has_deciders
        self.experiments = experiments_of(scope.playbook)

    def compose(self, claim: Claim, material: Material) -> Outgoing | Answer:
        """The message of ``claim``, or the answer that there will be none."""
        profile = material.profiles.get(claim.customer)
        if profile is None:
            return Answer(claim, skipped("unreachable", "the customer was removed"))
        if not self._still_written(claim):
            said = f"the playbook has no message {claim.message!r} on {claim.channel!r} any more"
            return Answer(claim, skipped("unreachable", said))
        plugins, run = self.scope.plugins, self.run
        customer = profile.customer
        if self.deciders:
            customer = {**customer, **plugins.enrich(customer, run)}
        try:
            message = self._render(claim, customer, profile, self._besides(claim, material))
        except RenderError as error:
            return Answer(claim, skipped("render_error", str(error)))
        except PermanentError as error:
            return Answer(claim, _unsendable(error))
        return self._decide(claim, message, customer) if self.deciders else message

    def _still_written(self, claim: Claim) -> bool:
        playbook = self.scope.playbook
        message = playbook.messages.get(claim.message)
        return message is not None and claim.channel in message.parts

    def _besides(self, claim: Claim, material: Material) -> dict[str, Any]:
        """What a template knows of the occasion: the event, and the arm if there is one."""
        event = None if claim.event is None else material.events.get(claim.event)
        experiment = self.experiments.get((claim.journey, claim.step))
        if experiment is None:
            return {"event": event}
        arm = material.arms.get((experiment, claim.customer))
        return {"event": event, "arm": arm_words(self.scope.playbook.experiments[experiment], arm)}

    def _render(
        self,
        claim: Claim,
        customer: Mapping[str, Any],
        profile: Profile,
        besides: Mapping[str, Any],
    ) -> Outgoing:
        words: dict[str, Any] = {
            "customer": customer,
            "traits": profile.traits,
            "scores": profile.scores,
            "now": self.scope.now,
            **besides,
        }
        who, channel = str(customer["id"]), claim.channel or ""
        key = self._key(claim, who)
        headers: Mapping[str, str] = {}
        if self.linking is not None:
            links = words["links"] = self.linking.links(claim.message, who, channel, key)
            headers = links.headers()
        said = self.renderer.render(claim.message, channel, words)
        to = claim.address or ""
        return Outgoing(
            key=key,
            address=address(to) if said.medium == "email" else to,
            customer=who,
            message=claim.message,
            medium=said.medium,
            at=self.scope.now,
            subject=said.subject,
            preheader=said.preheader,
            html=said.html,
            text=said.text,
            data=said.data,
            headers=headers if said.medium == "email" else {},
        )

    def _key(self, claim: Claim, customer: str) -> str:
        entry, since = claim.entry or "", str(claim.occurred_at)
        return delivery_key(
            self.scope.playbook.id, claim.journey, claim.step, customer, entry, since
        )

    def _decide(
        self, claim: Claim, message: Outgoing, customer: Mapping[str, Any]
    ) -> Outgoing | Answer:
        """What plugins say of the message: a reason against it, or how they want it."""
        plugins, run = self.scope.plugins, self.run
        reason = plugins.may_send(message, customer, run)
        if reason is not None:
            return Answer(claim, skipped("refused", reason), message)
        try:
            return plugins.prepare(message, run)
        except PluginError as error:
            outcome = Outcome("failed", "plugin", str(error), attempted=False)
            return Answer(claim, outcome, message)


def _unsendable(error: PermanentError) -> Outcome:
    reason = "address" if error.suppress else "permanent"
    return Outcome("failed", reason, str(error), attempted=False)
