"""Showing: what messages showed of models' lists, kept as events of the customers.

The scores of a customer are others tomorrow. Whoever wants to know what came of an item that was
shown, above all of one that was shown to learn of it, finds in ``message.showed`` what went out.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from regulars.customers.own_events import OwnEvents
from regulars.customers.profiles import profiles
from regulars.instants import micros
from regulars.messages.mentions import models_named
from regulars.messages.templates import Environments
from regulars.store import event_code, write_events_in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from regulars.customers.profiles import Profile
    from regulars.segments.scope import Scope

    from .ledger import Claim

SHOWED = "message.showed"


@dataclass(frozen=True)
class Showing:
    """The models whose lists a message shows on a channel, each with its lists' names."""

    scope: Scope
    shown: Mapping[tuple[str, str], Mapping[str, Sequence[str]]]

    @classmethod
    def of(cls, scope: Scope) -> Showing:
        """What the playbook's messages show."""
        lists: dict[str, list[str]] = {}
        for name, column in scope.plan.scores.items():
            model, _, score = name.partition(".")
            if column.type == "list":
                lists.setdefault(model, []).append(score)
        return cls(scope, dict(_shown(scope, lists)) if lists else {})

    def record(self, connection: Connection, sent: Sequence[Claim]) -> None:
        """Record what these messages showed, each message and model once.

        It happens one microsecond after the run's instant, so that a second run at the same instant
        still sees the world as the first one did.
        """
        sent = [claim for claim in sent if (claim.message, claim.channel) in self.shown]
        if not sent:
            return
        write_events_in_turn(connection)
        own, code = OwnEvents(self.scope.tables.events), event_code(connection, SHOWED)
        known = profiles(connection, self.scope, sorted({claim.customer for claim in sent}))
        at = micros(self.scope.now) + 1
        rows = (
            (claim.customer, at, code, _key(claim, said["model"]), own.said(said))
            for claim in sent
            if claim.customer in known
            for said in self._said(claim, known[claim.customer])
        )
        own.insert(connection, rows)

    def _said(self, claim: Claim, profile: Profile) -> Iterator[dict[str, Any]]:
        about: dict[str, Any] = {"message": claim.message, "journey": claim.journey}
        about |= {"step": claim.step, "channel": claim.channel, "delivery": claim.id}
        for model, names in self.shown[claim.message, claim.channel or ""].items():
            lists = {name: list(profile.scores[model][name] or ()) for name in names}
            if any(lists.values()):
                said = {name: items for name, items in lists.items() if items}
                yield {**about, "model": model, **said}


def _shown(
    scope: Scope, lists: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[str, str], dict[str, Sequence[str]]]]:
    environments, folder = Environments(scope.plugins), scope.playbook.folder
    for name, message in scope.playbook.messages.items():
        for channel, part in message.parts.items():
            named = models_named(part, folder, environments) & lists.keys()
            if named:
                yield (name, channel), {model: lists[model] for model in sorted(named)}


def _key(claim: Claim, model: str) -> bytes:
    said = f"{claim.id}:{model}".encode()
    return blake2b(said, digest_size=16, person=b"showed").digest()
