"""A model may learn from an experiment: its traits are noted as they were at exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.store import Store, tables
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shop

PLAYBOOK = """\
traits: {spend: {sum: order.total}}
segments: {everybody: {attribute: id, known: true}, gains: {score: cake.gain, more_than: 0}}
experiments:
  offer: {arms: {control: {}, cake: {}}, goals: [{id: back, performed: order, within: 7d}]}
journeys:
  j:
    when: {enters: everybody}
    existing: true
    steps: [{split: offer, arms: {cake: [exit]}}]
"""
GAIN = "models: {cake: {use: uplift, experiment: offer, traits: [spend]}}\n"


def test_it_says_what_it_waits_for_and_what_it_reads_is_noted(
    anywhere: Shop, write: Callable[..., None]
) -> None:
    write(anywhere, PLAYBOOK, models=GAIN)
    first = anywhere.run("2026-01-10")
    assert first["models"]["cake"]["missing"].startswith("Of nobody these traits were noted")
    assert first["segments"]["gains"]["members"] == 0

    store = Store.open(str(anywhere.store))
    facts = tables.exposure_facts.c
    with store.reading() as connection:
        query = select(facts.name, facts.value).order_by(facts.customer)
        noted = [tuple(row) for row in connection.execute(query)]
    store.close()
    assert noted == [("trait:spend", 10), ("trait:spend", 6), ("trait:spend", 0)]

    second = anywhere.run("2026-01-26")["models"]["cake"]
    assert second["missing"].startswith("Uplift needs 100 units in each arm")
