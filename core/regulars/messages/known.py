"""The names that a template may use, as far as a playbook tells them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.errors import PluginError
from regulars.hooks.attribution import blamed
from regulars.playbook.journeys import Send
from regulars.playbook.sources import CONSENT
from regulars.playbook.walking import named_steps

from .arms import arm_names
from .links import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regulars.hooks import Plugins
    from regulars.playbook.loading import Loaded
    from regulars.playbook.playbook import Playbook

TOP = ("customer", "traits", "scores", "event", "arm", "playbook", "now", "links")
NO_LINKS = "'links' needs to know where links lead; write links: {base: https://…} in the playbook"
NO_ARM = "'arm' needs an experiment; write experiment: NAME beside the send of this message"
PLAYBOOK = ("id", "timezone", "locale", "currency")


@dataclass(frozen=True)
class Family:
    """The names behind a dot: what one is called, and all there are; None where nobody knows.

    ``missing`` says what to write so that there are any, where that isn't written yet.
    """

    noun: str
    names: frozenset[str] | None
    missing: str | None = None


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
    """What may stand behind ``customer.``, ``traits.`` and the others whose names are known."""
    customer = None if _is_open(playbook, plugins) else known_customer_names(playbook)
    return {
        "customer": Family("attribute", customer),
        "traits": Family("trait", frozenset(playbook.traits)),
        "scores": Family("model", frozenset(playbook.models)),
        **dict(_scores(playbook, plugins)),
        "playbook": Family("word of playbook", frozenset(PLAYBOOK)),
        "links": Family("link", frozenset(NAMES), None if playbook.links else NO_LINKS),
    }


def _scores(playbook: Playbook, plugins: Plugins) -> Iterator[tuple[str, Family]]:
    """What may stand behind ``scores.value.``; of a model that can't be asked nobody knows."""
    for name, model in playbook.models.items():
        with suppress(PluginError), blamed(plugins.blame("models", model.use)):
            outputs = plugins.models[model.use].outputs(playbook.settings["models", name])
            yield f"scores.{name}", Family(f"score of {name}", frozenset(outputs))


def known_arms(loaded: Loaded, message: str) -> Sequence[Family]:
    """What may stand behind ``arm.`` in ``message``: for each experiment that it is sent with.

    Of parts that are broken nobody knows what they would say.
    """
    experiments, broken = loaded.playbook.experiments, loaded.broken
    sends = list(_sends(loaded.playbook, message))
    missing = None if sends or any(part[0] == "journeys" for part in broken) else NO_ARM
    for journey, step, send in sends:
        if send.experiment is None and ("journeys", journey) not in broken:
            missing = f"'arm' needs an experiment, and the step '{step}' of '{journey}' sends this "
            missing += "without one; write experiment: NAME beside it"
    known = {
        name: arm_names(experiments[name])
        if name in experiments and ("experiments", name) not in broken
        else None
        for name in dict.fromkeys(send.experiment for *_, send in sends)
        if name is not None
    }
    families = [Family(f"variable of an arm of {name}", known[name], missing) for name in known]
    return families or [Family("variable of an arm", None, missing)]


def _sends(playbook: Playbook, message: str) -> Iterator[tuple[str, str, Send]]:
    """Journey, name and step of all that send ``message``."""
    for name, journey in playbook.journeys.items():
        for _, step, send in named_steps(journey, ("journeys", name)):
            if isinstance(send, Send) and send.send == message:
                yield name, step, send


def _is_open(playbook: Playbook, plugins: Plugins) -> bool:
    """Whether customers may have fields that the playbook doesn't name."""
    whole = any(s.provides == "customers" and not s.map for s in playbook.sources.values())
    return whole or any("regulars_enrich" in info.hooks for info in plugins.infos)
