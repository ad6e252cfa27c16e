"""The names that a template may use, as far as a playbook tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.playbook.journeys import Send
from regulars.playbook.sources import CONSENT
from regulars.playbook.walking import all_steps

from .arms import arm_names
from .links import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Plugins
    from regulars.playbook.playbook import Playbook

TOP = ("customer", "traits", "scores", "event", "arm", "playbook", "now", "links")
NO_LINKS = "'links' needs to know where links lead; write links: {base: https://…} in the playbook"
NO_ARM = "'arm' needs an experiment; write experiment: NAME beside the send of this message"
NEEDED = {"links": NO_LINKS, "arm": NO_ARM}  # what is known only where the playbook says more
PLAYBOOK = ("id", "timezone", "locale", "currency")


@dataclass(frozen=True)
class Family:
    """The names behind a dot: what one is called, and all there are; None where nobody knows."""

    noun: str
    names: frozenset[str] | None


def known_customer_names(playbook: Playbook) -> frozenset[str]:
    """Every field of a customer that the playbook names: declared ones, and mapped ones."""
    mapped = {
        name
        for source in playbook.sources.values()
        if source.provides == "customers"
        for name in source.map
        if not name.startswith(CONSENT)
    }
    return frozenset({"id", *playbook.attribute_types(), *mapped})


def known_names(playbook: Playbook, plugins: Plugins) -> Mapping[str, Family]:
    """What may stand behind ``customer.``, ``traits.`` and the others whose names are known.

    ``links`` is among them where the playbook says where they lead.
    """
    customer = None if _is_open(playbook, plugins) else known_customer_names(playbook)
    return {
        "customer": Family("attribute", customer),
        "traits": Family("trait", frozenset(playbook.traits)),
        "scores": Family("model", frozenset()),
        "playbook": Family("word of playbook", frozenset(PLAYBOOK)),
        **({} if playbook.links is None else {"links": Family("link", frozenset(NAMES))}),
    }


def known_arm(playbook: Playbook, message: str) -> Mapping[str, Family]:
    """What may stand behind ``arm.`` in ``message``; nothing where it has no experiment."""
    sends = (step for _, step in all_steps(playbook.journeys) if isinstance(step, Send))
    used = {send.experiment for send in sends if send.send == message and send.experiment}
    if not used:
        return {}
    known = [playbook.experiments[name] for name in used if name in playbook.experiments]
    names = frozenset[str]().union(*map(arm_names, known))
    return {"arm": Family("variable of an arm", names if len(known) == len(used) else None)}


def _is_open(playbook: Playbook, plugins: Plugins) -> bool:
    """Whether customers may have fields that the playbook doesn't name."""
    whole = any(s.provides == "customers" and not s.map for s in playbook.sources.values())
    return whole or any("regulars_enrich" in info.hooks for info in plugins.infos)
