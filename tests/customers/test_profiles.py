"""Profiles: what templates and plugins see of a customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.profiles import in_units, profiles
from sqlalchemy import update

from tests.segments.evaluator import Event, Person
from tests.segments.worlds import fit, make_playbook, run, utc, write

if TYPE_CHECKING:
    from regulars.customers.profiles import Profile
    from regulars.store import Store

NOW = utc(2026, 3, 31, 12)
TRAITS = {
    "orders": {"count": "order"},
    "spend": {"sum": "order.total"},
    "basket": {"average": "order.total"},
    "last_order": {"last": "order"},
    "usual": {"most_common": "order.item"},
}


def profile(store: Store, person: Person, **columns: Any) -> Profile:
    playbook = make_playbook({}, TRAITS)
    fit(store, playbook)
    write(store, playbook, [person])
    scope, _ = run(store, playbook, NOW)
    with store.transaction() as connection:
        if columns:
            connection.execute(update(store.tables.customers).values(**columns))
        return profiles(connection, scope, [1, 7])[1]


def test_values_come_as_what_they_are(store: Store) -> None:
    attributes = {
        "city": "Åre",
        "visits": 3,
        "height": 1.5,
        "vip": True,
        "birthday": date(1990, 2, 28),
        "joined": NOW,
        "home": (45.5, -122.25),
    }
    events = tuple(Event(n, NOW, "order", {"total": "12.25", "item": "roll"}) for n in (1, 2))
    found = profile(store, Person("ada", attributes, events, scores={"value.alive": 0.5}))
    assert found.customer | attributes == found.customer
    assert found.customer["id"] == "ada"
    assert found.customer["vip"] is True
    assert found.traits == {
        "orders": 2,
        "spend": Decimal("24.5"),
        "basket": Decimal("12.25"),
        "last_order": NOW,
        "usual": "roll",
    }
    assert found.scores == {"value": {"alive": 0.5, "next": None, "mood": None}}


def test_every_declared_name_is_there_when_nothing_is_known(store: Store) -> None:
    found = profile(store, Person("ada"))
    assert found.customer["city"] is None
    assert found.customer["email"] is None
    assert found.traits == {
        "orders": 0,
        "spend": Decimal(0),
        "basket": None,
        "last_order": None,
        "usual": None,
    }


def test_undeclared_fields_are_there_and_declared_ones_win(sqlite_store: Store) -> None:
    found = profile(sqlite_store, Person("ada"), extra='{"shoe": 42, "city": "other", "id": "x"}')
    assert found.customer["shoe"] == 42
    assert found.customer["city"] is None
    assert found.customer["id"] == "ada"


@pytest.mark.parametrize(
    ("millionths", "shown"),
    [(12_500_000, "12.5"), (100_000_000, "100"), (0, "0"), (1, "0.000001"), (-200_000, "-0.2")],
)
def test_amounts_are_written_short(millionths: int, shown: str) -> None:
    assert f"{in_units(millionths):f}" == shown
