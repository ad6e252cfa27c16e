"""Caps: how many, in which window, of what, and what happens with the others."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from regulars.instants import micros
from regulars.store import tables

from tests.policy.conftest import HEAD, NOON, at

if TYPE_CHECKING:
    from tests.policy.conftest import Desk


def capped(desk: Desk, *caps: str, more: str = "", head: str = HEAD) -> None:
    desk.write("policy: {" + more + "caps: [" + ", ".join(caps) + "]}\n", head)


def hold_until(desk: Desk) -> list[int | None]:
    return [row.hold_until for row in desk.rows() if row.state == "held"]


def test_a_cap_drops_what_is_too_much_unless_it_says_hold(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 7d}")
    desk.customer("ada")
    desk.plan("ada")
    desk.plan("ada", journey="winback")
    assert sorted(desk.decide()) == ["mail", "skipped(cap)"]


def test_the_journey_with_the_higher_priority_writes_first(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 7d}")
    desk.customer("ada")
    desk.plan("ada", due="2026-08-12T08:00Z")
    desk.plan("ada", journey="winback", due="2026-08-12T09:00Z")
    assert desk.decide() == ["skipped(cap)", "mail"]


def test_of_equal_journeys_what_was_due_first_goes_and_then_what_was_planned_first(
    desk: Desk,
) -> None:
    capped(desk, "{at_most: 1, per: 7d}")
    for key in ("ada", "bob"):
        desk.customer(key)
    head = HEAD.replace("priority: 10, ", "")
    capped(desk, "{at_most: 1, per: 7d}", head=head)
    desk.plan("ada", due="2026-08-12T09:00Z")
    desk.plan("ada", journey="winback", due="2026-08-12T08:00Z")
    desk.plan("bob")
    desk.plan("bob", journey="winback")
    assert desk.decide() == ["skipped(cap)", "mail", "mail", "skipped(cap)"]


def test_a_rolling_window_lets_go_what_it_held_when_it_moves_on(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 2d, then: hold}")
    desk.customer("ada")
    desk.plan("ada")
    desk.run("2026-08-12T12:00Z")
    desk.plan("ada", journey="winback")
    assert desk.run("2026-08-13T12:00Z") == ["sent", "held(cap)"]
    assert hold_until(desk) == [micros(at("2026-08-14T12:00Z"))]
    assert desk.run("2026-08-14T11:59:59Z") == ["sent", "held(cap)"]
    assert desk.run("2026-08-14T12:00Z") == ["sent", "sent"]


def test_what_this_very_run_sends_counts_and_says_until_when(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 2d, then: hold}")
    desk.customer("ada")
    desk.plan("ada")
    desk.plan("ada", journey="winback")
    assert desk.run() == ["held(cap)", "sent"]
    assert hold_until(desk) == [micros(at(NOON) + timedelta(days=2))]


def test_calendar_windows_are_those_of_the_customers_own_time(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: day, then: hold}")
    zones = {"ada": None, "eve": "Asia/Tokyo", "bob": "America/Chicago", "tom": "no such place"}
    for key, zone in zones.items():
        desk.customer(key, zone=zone)
        desk.plan(key)
    desk.run("2026-08-12T12:00Z")
    for key in zones:
        desk.plan(key, journey="winback")
    # 15:30 UTC is 00:30 of the next day in Tokyo, and still the same day elsewhere
    assert desk.decide("2026-08-12T15:30Z")[4:] == ["held(cap)", "mail", "held(cap)", "held(cap)"]
    midnight, chicago = micros(at("2026-08-13T00:00Z")), micros(at("2026-08-13T05:00Z"))
    assert hold_until(desk) == [midnight, chicago, midnight]
    assert desk.decide("2026-08-13T00:00Z")[4:] == ["mail", "mail", "held(cap)", "mail"]
    assert desk.decide("2026-08-13T05:00Z")[4:] == ["mail"] * 4


@pytest.mark.parametrize(
    ("per", "free"), [("week", "2026-08-17T00:00Z"), ("month", "2026-09-01T00:00Z")]
)
def test_weeks_begin_on_monday_and_months_on_the_first(corner: Desk, per: str, free: str) -> None:
    capped(corner, f"{{at_most: 1, per: {per}, then: hold}}")
    corner.customer("ada")
    corner.plan("ada")
    corner.run(NOON)
    corner.plan("ada", journey="winback")
    assert corner.decide(NOON) == ["sent", "held(cap)"]
    assert hold_until(corner) == [micros(at(free))]
    before = (at(free) - timedelta(seconds=1)).isoformat()
    assert corner.decide(before) == ["sent", "held(cap)"]
    assert corner.decide(free) == ["sent", "mail"]


def test_a_cap_counts_its_channel_or_its_topic_alone(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 7d, channel: sms}", "{at_most: 1, per: 7d, topic: news}")
    desk.customer("ada", phone="+1555")
    desk.customer("bob", None, "+1556")
    for key in ("ada", "bob"):
        desk.consent(key, "news", "", 1)
        desk.plan(key)
        desk.plan(key, journey="winback")
    desk.plan("ada", "letter", journey="winback")
    desk.plan("ada", "letter", journey="winback")
    desk.set_rows(tables.deliveries.c.id > 0, state="planned")
    verdicts = desk.decide()
    assert verdicts[:2] == ["mail", "mail"]
    assert sorted(verdicts[2:4]) == ["skipped(cap)", "sms"]
    assert verdicts[4:] == ["mail", "skipped(cap)"]
    desk.send()
    desk.plan("ada", "letter", journey="winback")
    assert desk.decide("2026-08-14T12:00Z")[-1] == "skipped(cap)"


def test_every_cap_that_counts_a_message_must_have_room(desk: Desk) -> None:
    caps = ("{at_most: 3, per: 7d}", "{at_most: 1, per: 7d, topic: news}")
    capped(desk, *caps)
    desk.customer("ada")
    desk.consent("ada", "news", "", 1)
    for message, journey in (("letter", "winback"), ("hello", "winback"), ("hello", "welcome")):
        desk.plan("ada", message, journey=journey)
    assert desk.run() == ["sent", "sent", "sent"]
    desk.plan("ada", journey="winback")
    assert desk.decide("2026-08-14T12:00Z")[-1] == "skipped(cap)"


def test_where_one_cap_drops_and_another_holds_the_message_is_dropped(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 7d, then: hold}", "{at_most: 1, per: 30d}")
    desk.customer("ada")
    desk.plan("ada")
    desk.run()
    desk.plan("ada", journey="winback")
    assert desk.decide("2026-08-13T12:00Z") == ["sent", "skipped(cap)"]


def test_a_held_message_waits_for_the_last_of_its_caps(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 3d, then: hold}", "{at_most: 1, per: day, then: hold}")
    desk.customer("ada")
    desk.plan("ada")
    desk.run()
    desk.plan("ada", journey="winback")
    assert desk.decide() == ["sent", "held(cap)"]
    assert hold_until(desk) == [micros(at("2026-08-15T12:00Z"))]


def test_until_when_is_not_said_where_nobody_can_know_it(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 1mo, then: hold}", "{at_most: 1, per: day, then: hold}")
    desk.customer("ada")
    desk.plan("ada")
    desk.run()
    desk.plan("ada", journey="winback")
    assert desk.decide() == ["sent", "held(cap)"]
    assert hold_until(desk) == [None]
    assert desk.decide("2026-09-12T11:59Z") == ["sent", "held(cap)"]
    assert desk.decide("2026-09-12T12:00Z") == ["sent", "mail"]


def test_transactional_messages_are_never_capped_and_never_count(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 7d}")
    desk.customer("ada")
    for _ in range(2):
        desk.plan("ada", "receipt", journey="bought")
        desk.run()
    desk.plan("ada")
    assert desk.run() == ["sent", "sent", "sent"]
    desk.plan("ada", "receipt", journey="bought")
    assert desk.decide()[-1] == "mail"


@pytest.mark.parametrize(
    ("state", "attempts", "counts"),
    [
        ("sent", 1, True),
        ("failed", 1, True),
        ("unknown", 1, True),
        ("claimed", 1, True),
        ("failed", 0, False),
        ("skipped", 0, False),
    ],
)
def test_what_was_really_attempted_counts(
    corner: Desk,
    state: str,
    attempts: int,
    counts: bool,  # noqa: FBT001
) -> None:
    capped(corner, "{at_most: 1, per: 7d}")
    corner.customer("ada")
    corner.plan("ada")
    settled = None if state == "claimed" else micros(at(NOON))
    corner.set_rows(tables.deliveries.c.id > 0, state=state, attempts=attempts, settled_at=settled)
    corner.plan("ada", journey="winback")
    assert corner.decide()[-1] == ("skipped(cap)" if counts else "mail")


def test_a_message_that_is_tried_again_does_not_stand_in_its_own_way(desk: Desk) -> None:
    capped(desk, "{at_most: 1, per: 7d}")
    desk.customer("ada")
    desk.plan("ada")
    desk.set_rows(tables.deliveries.c.id > 0, attempts=3)
    assert desk.decide() == ["mail"]


def test_a_customer_in_the_holdout_is_capped_by_what_they_would_have_been_sent(
    desk: Desk,
) -> None:
    capped(desk, "{at_most: 1, per: 7d}", more="holdout: 100%, ")
    desk.customer("ada")
    desk.plan("ada")
    assert desk.run("2026-08-12T12:00Z") == ["skipped(holdout)"]
    desk.plan("ada", journey="winback")
    assert desk.run("2026-08-13T12:00Z")[-1] == "skipped(cap)"
    desk.plan("ada", journey="winback")
    assert desk.run("2026-08-19T12:00Z")[-1] == "skipped(holdout)"


def test_ghosts_count_for_nobody_who_is_not_held_out(corner: Desk) -> None:
    capped(corner, "{at_most: 1, per: 7d}", more="holdout: 100%, ")
    corner.customer("ada")
    corner.plan("ada")
    corner.run()
    capped(corner, "{at_most: 1, per: 7d}", more="holdout: 0%, ")
    corner.plan("ada", journey="winback")
    assert corner.decide()[-1] == "mail"


def test_a_cap_that_was_lowered_lets_nothing_more_through(corner: Desk) -> None:
    capped(corner, "{at_most: 2, per: 7d, then: hold}")
    corner.customer("ada")
    for journey in ("welcome", "winback"):
        corner.plan("ada", journey=journey)
    assert corner.run() == ["sent", "sent"]
    capped(corner, "{at_most: 1, per: 7d, then: hold}")
    corner.plan("ada")
    assert corner.decide()[-1] == "held(cap)"
    assert hold_until(corner) == [None]


def greedy(desk: Desk, plans: list[tuple[str, str, str]]) -> list[str]:
    """One message after another, by hand: what the rounds must come to."""
    topics = {"hello": "offers", "letter": "news"}
    caps = desk.loaded.playbook.policy.caps
    sent: dict[tuple[str, int], int] = {}
    verdicts = [""] * len(plans)
    ranked = sorted(range(len(plans)), key=lambda i: (plans[i][2] != "winback", i))
    for place in ranked:
        key, message, _ = plans[place]
        mine = [n for n, cap in enumerate(caps) if cap.topic in (None, topics[message])]
        full = {caps[n].then for n in mine if sent.get((key, n), 0) >= caps[n].at_most}
        if full:
            verdicts[place] = "skipped(cap)" if "drop" in full else "held(cap)"
            continue
        verdicts[place] = "mail"
        for n in mine:
            sent[key, n] = sent.get((key, n), 0) + 1
    return verdicts


@pytest.mark.parametrize("seed", range(6))
def test_rounds_come_to_what_one_message_after_another_would(corner: Desk, seed: int) -> None:
    chance = random.Random(seed)
    kinds = ("hello", "letter")
    names = [(message, f"{message}-{n}") for n in range(5) for message in kinds]
    steps = "[" + ", ".join(f"{{send: {message}, id: {id_}}}" for message, id_ in names) + "]"
    head = HEAD[: HEAD.index("journeys:")] + (
        f"journeys:\n  welcome: {{when: {{event: order}}, steps: {steps}}}\n"
        f"  winback: {{when: {{event: order}}, priority: 3, steps: {steps}}}\n"
    )
    caps = [
        f"{{at_most: {chance.randint(1, 5)}, per: 7d, then: {chance.choice(['drop', 'hold'])}"
        + chance.choice(["", ", topic: offers", ", topic: news"])
        + "}"
        for _ in range(3)
    ]
    capped(corner, *caps, head=head)
    plans = []
    for key in ("ada", "bob", "eve"):
        corner.customer(key)
        corner.consent(key, "news", "", 1)
    everything = product(("ada", "bob", "eve"), names, ("welcome", "winback"))
    places = [place for place in everything if chance.random() < 0.5]
    chance.shuffle(places)
    for key, (message, step), journey in places:
        corner.plan(key, message, journey=journey, step=step)
        plans.append((key, message, journey))
    assert corner.decide() == greedy(corner, plans)
