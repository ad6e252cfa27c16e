"""The names that a template may use, as far as a playbook tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.playbook.sources import CONSENT

from .links import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Plugins
    from regulars.playbook.playbook import Playbook

TOP = ("customer", "traits", "scores", "event", "playbook", "now", "links")
UNBUILT = ("arm",)  # words of the language that this version doesn't know yet
NO_LINKS = "'links' needs to know where links lead; write links: {base: https://…} in the playbook"
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


def _is_open(playbook: Playbook, plugins: Plugins) -> bool:
    """Whether customers may have fields that the playbook doesn't name."""
    whole = any(s.provides == "customers" and not s.map for s in playbook.sources.values())
    return whole or any("regulars_enrich" in info.hooks for info in plugins.infos)
