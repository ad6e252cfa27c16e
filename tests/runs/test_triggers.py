"""What lets customers into a journey, played through the real command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.runs.conftest import Client

SEND = "    steps: [{send: hello}]\n"


def journey(when: str, more: str = "", segments: str = "{performed: order}") -> str:
    extra = "".join(f"    {line}\n" for line in more.splitlines())
    return f"segments: {{buyers: {segments}}}\njourneys:\n  j:\n    when: {when}\n{extra}{SEND}"


def test_an_event_lets_in_once_however_often_the_run_is_repeated(client: Client) -> None:
    client.write(journey("{event: order}"))
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50")
    assert client.entered("2026-05-01T09:00Z") == 1
    assert client.entered("2026-05-01T09:00Z") == 0
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50", "ada,2026-05-02T08:00:00,2,bun,1.00")
    assert client.entered("2026-05-02T09:00Z") == 1
    assert client.entered("2026-05-03T09:00Z") == 0
    assert len(client.sent()) == 2


def test_history_lets_in_only_with_existing(client: Client) -> None:
    client.orders("ada,2025-05-01T08:00:00,1,bread,3.50")
    client.write(journey("{event: order}"))
    assert client.entered("2026-05-01T09:00Z") == 0
    client.write(journey("{event: order}", "existing: true").replace("  j:", "  k:"))
    assert client.entered("2026-05-01T10:00Z", "k") == 1


def test_an_order_that_is_loaded_late_still_lets_in(client: Client) -> None:
    client.write(journey("{event: order}"))
    client.run("2026-05-01T09:00Z")
    client.orders("ada,2026-04-01T08:00:00,1,bread,3.50")
    assert client.entered("2026-05-02T09:00Z") == 1


def test_misfire_shuts_out_an_order_that_is_loaded_too_late(client: Client) -> None:
    client.write(journey("{event: order}", "misfire: {within: 12h}"))
    client.run("2026-05-01T09:00Z")
    client.orders("ada,2026-04-01T08:00:00,1,bread,3.50")
    assert client.entered("2026-05-02T09:00Z") == 0


def test_an_event_dated_in_the_future_lets_in_when_its_time_comes(client: Client) -> None:
    client.write(journey("{event: order}"))
    client.orders("ada,2026-05-03T08:00:00,1,bread,3.50")
    assert client.entered("2026-05-01T09:00Z") == 0
    assert client.entered("2026-05-03T09:00Z") == 1


def test_the_where_of_an_event_is_heeded(client: Client) -> None:
    client.write(journey("{event: order, where: {item: {is: bun}, total: {at_least: 1}}}"))
    client.orders(
        "ada,2026-05-01T08:00:00,1,bread,3.50",
        "ada,2026-05-01T08:00:00,2,bun,1.00",
        "bob,2026-05-01T08:00:00,3,bun,0.99",
    )
    assert client.entered("2026-05-01T09:00Z") == 1


def test_two_events_with_the_same_key_enter_once(client: Client) -> None:
    client.write(journey("{event: order, key: item}"))
    client.orders("ada,2026-05-01T08:00:00,1,bread,3", "ada,2026-05-01T08:30:00,2,bread,3")
    assert client.entered("2026-05-01T09:00Z") == 1
    client.orders("ada,2026-05-02T08:00:00,3,bread,3", "ada,2026-05-02T08:30:00,4,bun,3")
    assert client.entered("2026-05-02T09:00Z") == 1


def test_two_orders_at_once_enter_twice_but_write_once(client: Client) -> None:
    client.write(journey("{event: order}"))
    client.orders("ada,2026-05-01T08:00:00,1,bread,3", "ada,2026-05-01T08:30:00,2,bun,3")
    report = client.run("2026-05-01T09:00Z")
    assert report["journeys"]["j"]["entered"] == 2
    assert report["decisions"]["sent"] == 1
    assert report["decisions"]["skipped"] == {"duplicate": 1}


def test_entering_a_segment_by_their_data_lets_in(client: Client) -> None:
    client.write(journey("{enters: buyers}"))
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    assert client.entered("2026-05-01T09:00Z") == 0  # inside before the journey began
    client.orders("ada,2026-04-01T08:00:00,1,bread,3", "bob,2026-05-02T08:00:00,2,bun,3")
    assert client.entered("2026-05-02T09:00Z") == 1
    assert client.entered("2026-05-03T09:00Z") == 0


def test_existing_lets_in_those_already_inside(client: Client) -> None:
    client.write(journey("{enters: buyers}", "existing: true"))
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    assert client.entered("2026-05-01T09:00Z") == 1
    assert client.entered("2026-05-02T09:00Z") == 0


def test_an_edited_segment_lets_in_nobody(client: Client) -> None:
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    client.write(journey("{enters: buyers}", segments="{performed: order, at_least: 2}"))
    client.run("2026-05-01T09:00Z")
    client.write(journey("{enters: buyers}", segments="{performed: order, at_least: 1}"))
    report = client.run("2026-05-02T09:00Z")
    assert report["segments"]["buyers"]["members"] == 1
    assert report["journeys"]["j"]["entered"] == 0


def test_a_segment_entered_by_what_a_journey_set_lets_in_though_the_instant_is_run_again(
    client: Client,
) -> None:
    client.write(
        "segments: {gold: {attribute: tier, is: gold}}\n"
        "journeys:\n"
        "  honour:\n    when: {event: order}\n    steps: [{set: {tier: gold}}]\n"
        "  thanks:\n    when: {enters: gold}\n    steps: [{send: hello}]\n"
    )
    client.orders("ada,2026-05-01T08:00Z,1,bread,3")
    for _ in range(2):
        client.run("2026-05-01T09:00Z")
    client.run("2026-05-02T09:00Z")
    assert [name.partition("-")[0] for name in client.sent()] == ["ada"]


def test_leaving_a_segment_lets_in(client: Client) -> None:
    client.write(journey("{leaves: buyers}", segments="{performed: order, within: 10d}"))
    client.orders("ada,2026-05-01T08:00:00,1,bread,3")
    assert client.entered("2026-05-01T09:00Z") == 0
    assert client.entered("2026-05-20T09:00Z") == 1
    assert client.entered("2026-05-21T09:00Z") == 0


def test_again_counts_from_the_last_entry(client: Client) -> None:
    client.write(journey("{event: order}", "again: 7d"))
    orders = [f"ada,2026-05-{day:02}T08:00:00,{day},bread,3" for day in (1, 3, 9)]
    found = []
    for place, day in enumerate((1, 3, 9)):
        client.orders(*orders[: place + 1])
        found.append(client.entered(f"2026-05-{day:02}T09:00Z"))
    assert found == [1, 0, 1]


def test_a_broadcast_goes_once_at_its_local_time(client: Client) -> None:
    client.write(journey('{at: "2026-05-05 09:00", segment: buyers}'), zone="Europe/Paris")
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    assert client.entered("2026-05-05T06:59Z") == 0
    assert client.entered("2026-05-05T07:00Z") == 1
    assert client.entered("2026-05-05T08:00Z") == 0


def test_a_broadcast_that_passed_a_day_ago_is_missed(client: Client) -> None:
    client.write(journey('{at: "2026-05-05 09:00", segment: buyers}', "misfire: {within: 12h}"))
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    client.run("2026-05-05T08:00Z")
    assert client.entered("2026-05-05T21:01Z") == 0
    assert client.entered("2026-05-05T21:02Z") == 0


def test_a_schedule_lets_in_at_each_occurrence(client: Client) -> None:
    client.write(journey('{schedule: "0 9 * * mon", segment: buyers}'))
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    found = [
        client.entered(at) for at in ("2026-05-04T08:59Z", "2026-05-04T09:00Z", "2026-05-04T12:00Z")
    ]
    assert found == [0, 1, 0]
    assert client.entered("2026-05-11T09:30Z") == 1


def test_a_birthday_comes_in_the_customers_own_time(client: Client) -> None:
    client.write(journey('{date: attribute.birthday, yearly: true, at: "09:00"}'))
    client.people("ada,ada@example.com,Tokyo,1990-03-05,Asia/Tokyo")
    assert client.entered("2026-03-04T23:59Z") == 0
    assert client.entered("2026-03-05T00:00Z") == 1
    assert client.entered("2026-03-05T09:00Z") == 0
    assert client.entered("2027-03-05T09:00Z") == 1


def test_the_29th_of_february_falls_on_the_28th_in_other_years(client: Client) -> None:
    client.write(journey('{date: attribute.birthday, yearly: true, offset: -7d, at: "09:00"}'))
    assert client.entered("2026-02-21T08:00Z") == 0
    assert client.entered("2026-02-21T09:00Z") == 1
    assert client.entered("2028-02-21T09:30Z") == 0
    assert client.entered("2028-02-22T09:00Z") == 1


def test_inactivity_lets_in_once_for_each_last_order(client: Client) -> None:
    client.write(journey("{inactive: order, for: 10d}"))
    client.orders("ada,2026-05-01T08:00:00,1,bread,3")
    found = [client.entered(f"2026-05-{day:02}T09:00Z") for day in (1, 10, 11, 12)]
    assert found == [0, 0, 1, 0]
    client.orders("ada,2026-05-01T08:00:00,1,bread,3", "ada,2026-05-12T10:00:00,2,bread,3")
    assert [client.entered(f"2026-05-{day:02}T11:00Z") for day in (13, 22, 23)] == [0, 1, 0]


def test_a_customer_long_inactive_when_the_journey_begins_stays_out(client: Client) -> None:
    client.write(journey("{inactive: order, for: 10d}"))
    client.orders("ada,2025-05-01T08:00:00,1,bread,3")
    assert client.entered("2026-05-01T09:00Z") == 0
    assert client.entered("2026-05-02T09:00Z") == 0


def test_what_passed_too_long_ago_is_told(client: Client) -> None:
    client.write(journey('{schedule: "0 9 * * *", segment: buyers}', "misfire: {within: 2h}"))
    client.orders("ada,2026-04-01T08:00:00,1,bread,3")
    client.run("2026-05-01T09:00Z")
    status, out, _ = client.call("run", str(client.path), "--at", "2026-05-04T10:00Z")
    assert status == 0
    assert "j: 2 occasions passed while nothing ran" in out
    assert len(client.sent()) == 2
