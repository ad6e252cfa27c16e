"""The holdout: never written to, always measured, from the moment it would have mattered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.customers.shares import stable_share, threshold
from regulars.instants import micros
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.store import tables

from tests.policy.conftest import NOON, at

if TYPE_CHECKING:
    from tests.policy.conftest import Desk


def exposures(desk: Desk) -> dict[int, tuple[str, str, int]]:
    return {row.customer: (row.experiment, row.arm, row.at) for row in desk.all(tables.exposures)}


def test_a_stable_share_of_customers_is_held_out_and_both_sides_are_exposed(desk: Desk) -> None:
    desk.write("policy: {holdout: 30%}\n")
    keys = [f"c{n}" for n in range(40)]
    for key in keys:
        desk.customer(key)
        desk.plan(key)
    out = {key for key in keys if stable_share(HOLDOUT_SEED, key) < threshold(0.3)}
    assert 5 < len(out) < 20
    verdicts = dict(zip(keys, desk.decide(), strict=True))
    assert verdicts == {key: "skipped(holdout)" if key in out else "mail" for key in keys}
    when = micros(at(NOON))
    assert exposures(desk) == {
        desk.number(key): ("holdout", "holdout" if key in out else "in", when) for key in keys
    }


def test_an_exposure_keeps_its_first_instant(desk: Desk) -> None:
    desk.write("policy: {holdout: 50%}\n")
    for key in ("a", "b", "c", "d"):
        desk.customer(key)
        desk.plan(key)
    desk.run(NOON)
    before = exposures(desk)
    for key in ("a", "b", "c", "d"):
        desk.plan(key, journey="winback")
    desk.run("2026-08-13T12:00Z")
    assert exposures(desk) == before


def test_only_who_would_have_been_written_to_is_a_ghost(desk: Desk) -> None:
    desk.write("policy: {holdout: 100%}\n")
    desk.customer("ada")
    desk.customer("bob", None)
    desk.customer("eve")
    desk.consent("eve", "offers", "", 0)
    for key in ("ada", "bob", "eve"):
        desk.plan(key)
    verdicts = desk.decide()
    assert verdicts == ["skipped(holdout)", "skipped(unreachable)", "skipped(consent)"]
    assert list(exposures(desk)) == [desk.number("ada")]


def test_what_a_customer_asked_for_goes_to_everybody_and_exposes_nobody(desk: Desk) -> None:
    desk.write("policy: {holdout: 100%}\n")
    desk.customer("ada")
    desk.plan("ada", "receipt", journey="bought")
    assert desk.decide() == ["mail"]
    assert exposures(desk) == {}


def test_who_is_held_until_morning_is_exposed_in_the_morning(desk: Desk) -> None:
    desk.write('policy: {holdout: 100%, quiet_hours: {from: "11:00", to: "13:00"}}\n')
    desk.customer("ada")
    desk.plan("ada")
    assert desk.decide(NOON) == ["held(quiet_hours)"]
    assert exposures(desk) == {}
    assert desk.decide("2026-08-12T13:00Z") == ["skipped(holdout)"]
    assert [when for _, _, when in exposures(desk).values()] == [micros(at("2026-08-12T13:00Z"))]
