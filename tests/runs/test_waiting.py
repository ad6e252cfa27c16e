"""Waiting inside a journey, played through the real command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from tests.runs.conftest import Client

CARTS = """\
  carts:
    use: csv
    path: carts.csv
    provides: events
    event: cart
    map: {customer: customer, time: time, id: id, item: item, total: total}
"""
SHOP = HEAD.replace("channels:", CARTS + "channels:")
MESSAGES = """\
  cart:
    mail: {subject: "Your cart", body: "Still there."}
  thanks:
    mail: {subject: "Thank you", body: "Enjoy."}
"""
ABANDONED = """\
journeys:
  j:
    when: {event: cart}
    steps:
      - wait_for: {performed: order}
        at_most: 2h
        then: [{send: thanks}]
        else: [{send: cart}]
"""
ADA = "ada,2026-05-01T08:00:00,1,bread,3.50"
BOB = "bob,2026-05-01T08:00:00,2,bun,1.00"


def steps(text: str, more: str = "") -> str:
    """A journey of those who order."""
    lines = "".join(f"      {line}\n" for line in text.splitlines())
    extra = "".join(f"    {line}\n" for line in more.splitlines())
    return f"{MESSAGES}journeys:\n  j:\n    when: {{event: order}}\n{extra}    steps:\n{lines}"


def carts(client: Client, *rows: str) -> None:
    lines = ["customer,time,id,item,total", *rows]
    (client.folder / "carts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def outcome(report: dict[str, Any]) -> tuple[int, int, int]:
    """How many messages were sent, who is inside now, who completed."""
    counts = report["journeys"]["j"]
    return report["decisions"]["sent"], counts["active"], counts["completed"]


def test_an_abandoned_cart_is_written_to_unless_an_order_follows(anywhere: Client) -> None:
    client = anywhere
    client.write(MESSAGES + ABANDONED, SHOP)
    carts(client, "ada,2026-05-01T08:00:00,c1,bread,3", "bob,2026-05-01T08:00:00,c2,bun,1")
    earlier = ("ada,2026-05-01T07:00:00,1,bread,3", "bob,2026-05-01T08:00:00,2,bun,1")
    client.orders(*earlier)
    assert outcome(client.run("2026-05-01T09:00Z")) == (0, 2, 0)
    assert outcome(client.run("2026-05-01T09:00Z")) == (0, 2, 0)
    client.orders(*earlier, "bob,2026-05-01T09:30:00,3,bun,1")
    planned = client.plan("2026-05-01T10:00Z")
    done = client.run("2026-05-01T10:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert outcome(done) == (1, 1, 1)
    assert outcome(client.run("2026-05-01T10:59:59Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-01T11:00Z")) == (1, 0, 1)
    assert outcome(client.run("2026-05-01T11:00Z")) == (0, 0, 0)
    assert client.told("ada") == ["cart"]
    assert client.told("bob") == ["thanks"]


def test_who_ordered_before_the_run_that_sees_the_cart_does_not_wait(client: Client) -> None:
    client.write(MESSAGES + ABANDONED, SHOP)
    carts(client, "ada,2026-05-01T08:00:00,c1,bread,3")
    client.orders("ada,2026-05-01T08:30:00,1,bread,3")
    assert outcome(client.run("2026-05-01T09:00Z")) == (1, 0, 1)
    assert client.told("ada") == ["thanks"]


def test_an_order_counts_although_the_time_was_over_while_nothing_ran(client: Client) -> None:
    client.write(MESSAGES + ABANDONED, SHOP)
    carts(client, "ada,2026-05-01T08:00:00,c1,bread,3", "bob,2026-05-01T08:00:00,c2,bun,1")
    client.run("2026-05-01T09:00Z")
    client.orders("ada,2026-05-02T08:30:00,1,bread,3")
    assert outcome(client.run("2026-05-04T09:00Z")) == (2, 0, 2)
    assert (client.told("ada"), client.told("bob")) == (["thanks"], ["cart"])


def test_two_carts_of_one_customer_wait_each_for_an_order_of_its_own(client: Client) -> None:
    client.write(MESSAGES + ABANDONED, SHOP)
    carts(client, "ada,2026-05-01T08:00:00,c1,bread,3", "ada,2026-05-01T10:30:00,c2,bun,1")
    client.orders("ada,2026-05-01T09:00:00,1,bread,3")
    client.run("2026-05-01T11:00Z")
    assert client.told("ada") == ["thanks"]
    client.run("2026-05-01T13:00Z")
    assert client.told("ada") == ["thanks", "cart"]


def test_an_order_that_is_dated_ahead_ends_the_wait_when_its_time_comes(client: Client) -> None:
    client.write(MESSAGES + ABANDONED.replace("2h", "3d"), SHOP)
    carts(client, "ada,2026-05-01T08:00:00,c1,bread,3")
    client.orders("ada,2026-05-02T08:00:00,1,bread,3")
    assert outcome(client.run("2026-05-01T09:00Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-01T10:00Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-02T08:00Z")) == (1, 0, 1)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("{performed: order, at_least: 2}", [1, 0, 0]),
        ("{performed: order, sum: total, at_least: 10}", [1, 0, 0]),
        ("{performed: order, where: {item: {is: bun}}}", [1, 1, 0]),
        ("{performed: order, at_least: 2, within: 1h}", [1, 1, 1]),
        ("{not_performed: order, within: 90m}", [1, 1, 1]),
        ("{all: [{performed: order}, {attribute: city, is: Rome}]}", [1, 1, 1]),
        ("{all: [{attribute: city, is: Paris}], any: [{performed: order}]}", [0, 0, 0]),
    ],
)
def test_a_condition_looks_at_what_happened_since_the_entry(
    client: Client, condition: str, found: list[int]
) -> None:
    wait = ABANDONED.replace("{performed: order}", condition).replace("2h", "9d")
    client.write(MESSAGES + wait, SHOP)
    carts(client, "ada,2026-05-01T08:00:00,c1,bread,3")
    orders = ["ada,2026-05-01T07:00:00,1,bun,50", "ada,2026-05-01T08:30:00,2,bread,3"]
    orders += ["ada,2026-05-01T09:45:00,3,bread,8", "ada,2026-05-01T10:45:00,4,bun,1"]
    seen = []
    for hour, count in (("09", 2), ("10", 3), ("11", 4)):
        client.orders(*orders[:count])
        seen.append(outcome(client.run(f"2026-05-01T{hour}:00Z"))[1])
    assert seen == found


def test_a_window_that_moves_on_can_end_a_wait_for_nothing(client: Client) -> None:
    client.write(steps("- wait_for: {not_performed: order, within: 2h}\n  at_most: 9d\n"))
    client.orders(ADA, "ada,2026-05-01T08:30:00,2,bread,3")
    found = [outcome(client.run(f"2026-05-01T{hour}Z"))[1] for hour in ("09:00", "10:29", "10:30")]
    assert found == [1, 1, 0]  # the later entry has no order behind it


def test_a_segment_in_a_wait_is_the_segment_as_it_is_now(client: Client) -> None:
    wait = "- wait_for: {segment: buyers}\n  at_most: 9d\n"
    client.write(steps(wait) + "segments: {buyers: {performed: order, at_least: 2}}\n")
    client.orders(ADA)
    assert outcome(client.run("2026-05-01T09:00Z"))[1] == 1
    client.orders(ADA, "ada,2026-04-01T08:00:00,2,bread,3")
    assert outcome(client.run("2026-05-02T09:00Z"))[1] == 0


def test_a_wait_lasts_as_long_as_it_says(anywhere: Client) -> None:
    client = anywhere
    client.write(steps("- send: hello\n- wait: 7d\n- send: thanks\n"))
    client.orders(ADA)
    assert outcome(client.run("2026-05-01T09:00Z")) == (1, 1, 0)
    assert outcome(client.run("2026-05-01T09:00Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-08T08:59:59Z")) == (0, 1, 0)
    planned = client.plan("2026-05-08T09:00Z")
    done = client.run("2026-05-08T09:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    assert outcome(done) == (1, 0, 1)
    assert outcome(client.run("2026-05-08T09:00Z")) == (0, 0, 0)


def test_a_month_is_a_month_of_the_calendar(client: Client) -> None:
    client.write(steps("- wait: 1mo\n- send: hello\n"), zone="Europe/Paris")
    client.orders("ada,2026-02-28T08:00:00,1,bread,3.50")
    client.run("2026-02-28T09:00Z")
    assert outcome(client.run("2026-03-28T08:59Z"))[1] == 1
    assert outcome(client.run("2026-03-28T09:00Z"))[1] == 0


def test_a_wait_without_end_is_no_error(client: Client) -> None:
    far = "again: 99999y\nmisfire: {within: 99999y}\ngoal: {performed: order, within: 99999y}\n"
    client.write(steps("- wait: 99999y\n- send: hello\n", far))
    client.people("ada,ada@example.com,,,Pacific/Kiritimati")
    client.orders(ADA)
    assert outcome(client.run("2026-05-01T09:00Z")) == (0, 1, 0)
    status, told, err = client.call("why", str(client.path), "ada")
    assert status == 0, err
    assert "waits until 9999-12-30" in told


def test_of_several_waits_that_are_overdue_each_lasts_from_the_run_that_reached_it(
    client: Client,
) -> None:
    client.write(steps("- wait: 1d\n- send: hello\n- wait: 1d\n- send: thanks\n"))
    client.orders(ADA)
    client.run("2026-05-01T09:00Z")
    assert outcome(client.run("2026-05-09T09:00Z")) == (1, 1, 0)
    assert outcome(client.run("2026-05-10T08:59Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-10T09:00Z")) == (1, 0, 1)


def test_waiting_until_a_time_is_by_the_customers_clock(anywhere: Client) -> None:
    client = anywhere
    client.people(
        "ada,ada@example.com,Tokyo,,Asia/Tokyo",
        "bob,bob@example.com,Boston,,America/New_York",
        "cyd,cyd@example.com,Paris,,",
    )
    client.write(steps('- wait: {until: "09:00"}\n- send: hello\n'), zone="Europe/Paris")
    client.orders(ADA, BOB, "cyd,2026-05-01T08:00:00,3,bun,1")
    found = [
        outcome(client.run(at))[1]
        for at in (
            "2026-05-01T10:00Z",
            "2026-05-01T12:59Z",
            "2026-05-01T13:00Z",  # 09:00 in New York
            "2026-05-01T23:59Z",
            "2026-05-02T00:00Z",  # in Tokyo
            "2026-05-02T07:00Z",  # in Paris
        )
    ]
    assert found == [3, 3, 2, 2, 1, 0]


def test_exactly_then_means_no_wait(client: Client) -> None:
    client.write(steps('- wait: {until: "fri 09:00"}\n- send: hello\n'))
    client.orders(ADA)
    assert outcome(client.run("2026-05-01T09:00Z")) == (1, 0, 1)  # a Friday


def test_waiting_until_a_weekday_may_take_a_week(client: Client) -> None:
    client.write(steps('- wait: {until: "fri 09:00"}\n- send: hello\n'))
    client.orders(ADA)
    assert outcome(client.run("2026-05-01T09:01Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-08T08:59Z")) == (0, 1, 0)
    assert outcome(client.run("2026-05-08T09:00Z")) == (1, 0, 1)


def test_a_message_after_downtime_is_late_since_the_wait_was_over(client: Client) -> None:
    late = "  hello:\n    max_lateness: 1d\n"
    head = HEAD.replace("  hello:\n", late)
    client.write(steps("- wait: 1d\n- send: hello\n"), head)
    client.orders(ADA)
    client.run("2026-05-01T09:00Z")
    report = client.run("2026-05-03T09:00:01Z")
    assert report["decisions"]["skipped"] == {"late": 1}
    client.orders(ADA, BOB.replace("05-01", "05-03"))
    client.run("2026-05-03T10:00Z")
    assert outcome(client.run("2026-05-05T10:00Z")) == (1, 0, 1)  # a day late and no more


def test_a_split_gives_each_customer_one_arm_for_good(anywhere: Client) -> None:
    client = anywhere
    experiment = "experiments: {offer: {arms: {a: {}, b: {}, c: {}}, weights: [0.5, 0.3, 0.2]}}\n"
    arms = (
        "- split: offer\n  arms:\n    a: [{send: cart}]\n    b: [{send: thanks}]\n- send: hello\n"
    )
    people = [f"u{n},u{n}@example.com,Rome,," for n in range(300)]
    orders = [f"u{n},2026-05-01T08:00:00,{n},bun,1" for n in range(300)]
    client.people(*people)
    client.write(steps(arms) + experiment)
    client.orders(*orders)
    planned = client.plan("2026-05-01T09:00Z")
    done = client.run("2026-05-01T09:00Z")
    assert planned | {"seconds": 0} == done | {"seconds": 0}
    sent = outcome(done)[0]
    assert outcome(done)[1:] == (0, 300)
    assert 300 + 210 < sent < 300 + 270  # all get hello, four fifths one of the others as well
    assert outcome(client.run("2026-05-01T09:00Z")) == (0, 0, 0)
    first = [client.told(f"u{n}") for n in range(5)]
    other = experiment.replace("[0.5, 0.3, 0.2]", "[0.1, 0.1, 0.8]")
    client.write(steps(arms) + other)
    client.orders(*orders, *(f"u{n},2026-05-02T08:00:00,{n}b,bun,1" for n in range(5)))
    assert client.run("2026-05-02T09:00Z")["journeys"]["j"]["entered"] == 5
    assert [client.told(f"u{n}") for n in range(5)] == [told * 2 for told in first]


def test_the_journey_with_the_higher_priority_writes_first(client: Client) -> None:
    quiet = steps("- send: hello\n", "priority: -1")
    loud = "  k:\n    when: {event: order}\n    priority: 5\n    steps: [{send: thanks}]\n"
    client.write(quiet + loud)
    client.orders(ADA)
    client.run("2026-05-01T09:00Z")
    assert client.told("ada") == ["thanks", "hello"]


BREAKS = '''\
"""A condition that breaks while a file is there."""

from pathlib import Path

from regulars.errors import TemporaryError
from regulars.hooks import ConditionKind, Settings, hookimpl
from sqlalchemy import true


class Nothing(Settings):
    pass


def breaks(config, columns, moment):
    if Path(__file__).with_name("broken").exists():
        raise TemporaryError("out of order")
    return true()


@hookimpl
def regulars_conditions():
    yield ConditionKind("breaks", "Breaks while a file is there.", Nothing, breaks)
'''


def test_a_journey_that_broke_off_in_the_middle_is_done_again_from_its_beginning(
    anywhere: Client,
) -> None:
    client = anywhere
    (client.folder / "breaks.py").write_text(BREAKS, encoding="utf-8")
    doing = "- send: hello\n- wait: 1d\n- set: {tier: new}\n- emit: waited\n"
    choosing = "- if: {use: breaks}\n  then: [{send: thanks}]\n"
    client.write(steps(doing + choosing), "plugins: [./breaks.py]\n" + HEAD)
    client.orders(ADA, BOB)
    assert outcome(client.run("2026-05-01T09:00Z")) == (2, 2, 0)
    (client.folder / "broken").touch()
    status, _, said = client.call("run", str(client.path), "--at", "2026-05-02T09:00Z")
    assert status != 0
    assert "out of order" in said
    (client.folder / "broken").unlink()
    assert outcome(client.run("2026-05-02T09:00Z")) == (2, 0, 2)
    assert outcome(client.run("2026-05-02T09:00Z")) == (0, 0, 0)
    assert client.told("ada") == ["hello", "thanks"]
