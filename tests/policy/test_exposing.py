"""Exposing: who is written to with an experiment has an arm, and nobody else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regulars.customers.shares import stable_share, threshold
from regulars.experiments.ranges import Ranges
from regulars.instants import micros
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.store import tables

from tests.policy.conftest import HEAD, NOON, at

if TYPE_CHECKING:
    from tests.policy.conftest import Desk

NEXT_DAY = "2026-08-13T12:00Z"
TRIED = HEAD.replace("steps: [{send: hello}]", "steps: [{send: hello, experiment: greeting}]")
GREETING = "experiments: {greeting: {arms: {control: {}, warm: {word: Welcome}}%s}}\n"


def write(desk: Desk, more: str = "", rest: str = "") -> None:
    desk.write(GREETING % more + rest, TRIED)


def arms(desk: Desk, name: str = "greeting") -> dict[int, str]:
    rows = desk.all(tables.exposures)
    return {row.customer: row.arm for row in rows if row.experiment == name}


def by_share(desk: Desk, keys: list[str]) -> dict[int, str]:
    experiment = desk.loaded.playbook.experiments["greeting"]
    ranges = Ranges.of("greeting", experiment, experiment.shares())
    found = {desk.number(key): ranges.arm(key) for key in keys}
    return {number: arm for number, arm in found.items() if arm is not None}


def crowd(desk: Desk, number: int = 20) -> list[str]:
    keys = [f"c{n}" for n in range(number)]
    for key in keys:
        desk.customer(key)
        desk.plan(key)
    return keys


def test_who_is_written_to_has_an_arm_from_then_on(desk: Desk) -> None:
    write(desk, ", coverage: 80%")
    keys = crowd(desk)
    assert desk.decide() == ["mail"] * len(keys)  # those of the control and the others too
    assert arms(desk) == by_share(desk, keys)
    assert 0 < len(arms(desk)) < len(keys)
    assert {row.at for row in desk.all(tables.exposures)} == {micros(at(NOON))}
    assert {row.probability for row in desk.all(tables.exposures)} == {0.5}


def test_nobody_is_exposed_whom_a_check_stops(desk: Desk) -> None:
    write(desk, rest="policy: {caps: [{at_most: 1, per: 7d}]}\n")
    desk.customer("ada", "shared@example.com")
    desk.customer("bob", "shared@example.com")
    desk.customer("eve")
    desk.customer("sam", None)
    desk.plan("eve", journey="bought", message="letter")
    for key in ("ada", "bob", "eve", "sam"):
        desk.plan(key)
    desk.consent("eve", "offers", "", 0)
    verdicts = desk.decide()[1:]
    assert Counter(verdicts) == Counter(
        ["mail", "skipped(duplicate)", "skipped(consent)", "skipped(unreachable)"]
    )
    first = desk.number("ada" if verdicts[0] == "mail" else "bob")
    assert set(arms(desk)) == {first}


def test_what_is_held_exposes_when_it_goes(desk: Desk) -> None:
    write(desk, rest='policy: {quiet_hours: {from: "11:00", to: "13:00"}}\n')
    desk.customer("ada")
    desk.plan("ada")
    assert desk.decide() == ["held(quiet_hours)"]
    assert arms(desk) == {}
    assert desk.decide("2026-08-12T13:00Z") == ["mail"]
    assert [row.at for row in desk.all(tables.exposures)] == [micros(at("2026-08-12T13:00Z"))]


def test_the_holdout_comes_first_and_the_experiment_is_among_the_rest(desk: Desk) -> None:
    write(desk, rest="policy: {holdout: 40%}\n")
    keys = crowd(desk)
    out = {k for k in keys if stable_share(HOLDOUT_SEED, k) < threshold(0.4)}
    assert 0 < len(out) < len(keys)
    desk.decide()
    assert arms(desk) == by_share(desk, [key for key in keys if key not in out])
    ghosts = arms(desk, "holdout")
    assert ghosts == {desk.number(k): "holdout" if k in out else "in" for k in keys}
    shares = {row.arm: row.probability for row in desk.all(tables.exposures)}
    assert (shares["holdout"], shares["in"]) == (0.4, 0.6)


def test_another_message_with_the_experiment_finds_the_same_arm(desk: Desk) -> None:
    write(desk)
    keys = crowd(desk)
    desk.run()
    before = {row.customer: tuple(row) for row in desk.all(tables.exposures)}
    write(desk, ", weights: [0.01, 0.99]")
    for key in keys:
        desk.plan(key, due=NEXT_DAY)
    desk.run(NEXT_DAY)
    assert {row.customer: tuple(row) for row in desk.all(tables.exposures)} == before


def test_a_step_without_an_experiment_exposes_nobody(desk: Desk) -> None:
    write(desk)
    desk.customer("ada")
    desk.plan("ada", journey="winback")
    assert desk.decide() == ["mail"]
    assert arms(desk) == {}


def test_who_is_stopped_at_the_last_moment_stays_exposed(desk: Desk) -> None:
    write(desk)
    desk.customer("ada")
    desk.plan("ada")
    desk.decide()
    desk.consent("ada", "offers", "", 0)
    assert list(desk.last_look().values()) == ["consent"]
    assert set(arms(desk)) == {desk.number("ada")}


def test_what_the_arms_say_is_part_of_what_a_person_agrees_to(corner: Desk) -> None:
    asked = HEAD.replace(
        "{topic: offers, mail: {subject: Hello",
        "{topic: offers, approve: true, mail: {subject: Hello",
    )
    tried = asked.replace("steps: [{send: hello}]", "steps: [{send: hello, experiment: greeting}]")
    contents: set[bytes] = set()
    for rest, head in (
        ("", asked),
        (GREETING % "", tried),
        (GREETING.replace("Welcome", "Good day") % "", tried),
        (GREETING % ", weights: [0.1, 0.9]", tried),  # who gets which is not what it says
    ):
        corner.write(rest, head)
        if not contents:
            corner.customer("ada")
            corner.plan("ada")
        assert corner.decide() == ["held(approval)"]
        contents |= {row.content for row in corner.all(tables.approvals)}
    assert len(contents) == 3
