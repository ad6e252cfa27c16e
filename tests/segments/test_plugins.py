"""Conditions and traits that a plugin offers take part like the built-in ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import Plugins

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import TOYS, fit, inside, make_playbook, run, utc, write

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.store import Store

NOW = utc(2026, 3, 31, 12)
PLUGIN = """
from regulars.hooks import ConditionKind, Settings, TraitKind, hookimpl
from sqlalchemy import case, func


class Above(Settings):
    trait: str
    than: int


class Spread(Settings):
    event: str
    amount: str


def above(config, columns, moment):
    return columns.trait(config.trait) > config.than * 1_000_000


def spread(config, events, moment):
    value = case((events.is_event(config.event), events.amount(config.amount)))
    return func.max(value) - func.min(value)


@hookimpl
def regulars_conditions():
    yield ConditionKind("above", "A trait is above a number.", Above, above)


@hookimpl
def regulars_traits():
    yield TraitKind(
        "spread", "From the least to the most.", Spread, "integer", spread,
        amounts=lambda config: [f"{config.event}.{config.amount}"],
    )
"""


def test_a_plugins_condition_reads_a_plugins_trait(store: Store, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(PLUGIN)
    plugins = Plugins.load(allow=(), files=[TOYS, tmp_path / "own.py"])
    traits = {"spread": {"use": "spread", "event": "order", "amount": "total"}}
    above = {"use": "above", "trait": "spread", "than": 5}
    playbook = make_playbook({"wide": above, "narrow": {"none": [above]}}, traits)
    fit(store, playbook, plugins)
    events = [Event(number, NOW, "order", {"total": t}) for number, t in enumerate(["1", "7"], 1)]
    people = [Person("ada", events=tuple(events)), Person("bob")]
    write(store, playbook, people)
    run(store, playbook, NOW, plugins)
    assert inside(store, "wide") == ["ada"]
    assert inside(store, "narrow") == ["bob"]
