"""Experiments through the whole line: whoever has an arm, their messages and their ways show it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import StoreError
from regulars.playbook.loading import load_playbook
from regulars.runs.assigning import assign
from regulars.runs.preview import preview
from regulars.store import Store, tables
from sqlalchemy import select

if TYPE_CHECKING:
    from tests.runs.conftest import Client

HEAD = """\
playbook: shop
timezone: UTC
customer: {attributes: {home: text}}
sources:
  people:
    {use: csv, path: people.csv, provides: customers, map: {id: id, email: email, home: city}}
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {customer: customer, time: time, id: id, total: total}
channels:
  mail: {use: outbox}
messages:
  hello:
    mail:
      subject: "{{ arm.name }}"
      body: "{% if arm.offer %}{{ arm.offer }} off, {% endif %}{{ arm.greeting or 'Hi' }}"
  plain: {mail: {subject: Plain, body: "{{ arm is defined }}"}}
"""
START, END = HEAD.index("  hello:"), HEAD.index("  plain:")
WITHOUT_ARM = HEAD[:START] + HEAD[END:]
GREET = "journeys: {j: {when: {event: order}, steps: [{send: hello, experiment: greeting}]}}\n"
GREETING = """\
experiments:
  greeting:
    arms:
      control: {greeting: Hello}
      offer: {greeting: Welcome, offer: 10%%}
      bare: {}
%s
"""
MAY_1, MAY_2, MAY_3 = "2026-05-01T09:00Z", "2026-05-02T09:00Z", "2026-05-03T09:00Z"
SAYS = {"control": "Hello", "offer": "10% off, Welcome", "bare": "Hi"}


def keys(number: int, first: int = 0) -> list[str]:
    return [f"c{n}" for n in range(first, first + number)]


def come(client: Client, customers: list[str], homes: int = 2) -> None:
    """They are known and order something; ``homes`` of them live together."""
    client.people(*(f"{key},{key}@example.com,h{n // homes},," for n, key in enumerate(customers)))
    client.orders(*(f"{key},2026-05-01T08:00:00,{key},bread,3.50" for key in customers))


def rows(client: Client, query: Any) -> list[Any]:
    loaded = load_playbook(client.path, {}, lambda *_: [])
    store = Store.open(loaded.playbook.store)
    with store.reading() as connection:
        found = list(connection.execute(query))
    store.close()
    return found


def exposures(client: Client, name: str = "greeting") -> dict[str, Any]:
    table, customers = tables.exposures, tables.customers
    query = select(customers.c.key, table).join(customers, customers.c.id == table.c.customer)
    return {row.key: row for row in rows(client, query.where(table.c.experiment == name))}


def arms(client: Client, name: str = "greeting") -> dict[str, str]:
    return {key: row.arm for key, row in exposures(client, name).items()}


def read(client: Client) -> dict[str, tuple[str, str]]:
    """The subject and the text that each customer was sent; nobody was sent two."""
    found = {}
    for path in client.folder.glob("outbox/*/*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        part = mail.get_body(("plain",))
        assert mail["To"] not in found
        found[mail["To"]] = (str(mail["Subject"]), part.get_content().strip() if part else "")
    return {address.partition("@")[0]: said for address, said in found.items()}


def test_what_a_message_says_is_its_reader_s_arm_s(anywhere: Client) -> None:
    anywhere.write(GREET + GREETING % "    coverage: 80%", HEAD)
    come(anywhere, keys(30))
    planned = anywhere.plan(MAY_1)["decisions"]
    assert anywhere.run(MAY_1)["decisions"] == planned
    given, said = arms(anywhere), read(anywhere)
    assert set(given.values()) == {"control", "offer", "bare"}
    assert len(given) < 30 == len(said)
    for key in keys(30):
        arm = given.get(key, "control")
        assert said[key] == (arm, SAYS[arm])


def test_a_message_without_an_experiment_has_no_arm(client: Client) -> None:
    client.write("journeys: {j: {when: {event: order}, steps: [{send: plain}]}}\n", WITHOUT_ARM)
    come(client, keys(1))
    client.run(MAY_1)
    assert read(client) == {"c0": ("Plain", "False")}


def test_a_plan_says_what_the_run_does_and_exposes_nobody(client: Client) -> None:
    client.write(GREET + GREETING % "    coverage: 50%", HEAD)
    come(client, keys(20))
    client.write(GREET + GREETING % "    coverage: 50%", HEAD)
    client.run("2026-05-01T07:00Z")  # before they order
    plan = client.plan(MAY_1)
    assert arms(client) == {}
    run = client.run(MAY_1)
    assert (plan["decisions"], plan["journeys"]) == (run["decisions"], run["journeys"])
    assert arms(client) != {}


def test_who_takes_no_part_in_a_split_goes_the_control_s_way(anywhere: Client) -> None:
    split = """\
experiments: {visit: {arms: {wait: {}, control: {}, call: {}}, coverage: %s}}
journeys:
  j:
    when: {event: order}
    again: always
    steps:
      - split: visit
        arms: {call: [{emit: called}], control: [{emit: left-alone}]}
"""
    anywhere.write(split % "40%", WITHOUT_ARM)
    come(anywhere, keys(30))
    anywhere.run(MAY_1)
    first = arms(anywhere, "visit")
    assert set(first.values()) == {"wait", "control", "call"}
    events, customers = tables.events, tables.customers
    query = select(customers.c.key, tables.event_names.c.name)
    query = query.join(events, events.c.customer == customers.c.id)
    query = query.join(tables.event_names, tables.event_names.c.id == events.c.name)
    done = {key: name for key, name in rows(anywhere, query) if name != "order"}
    ways = {"call": "called", "control": "left-alone", "wait": None}
    for key in keys(30):
        assert done.get(key) == ways[first.get(key, "control")]
    anywhere.write(split % "100%", WITHOUT_ARM)
    again = (f"{key},2026-05-02T08:00:00,again {key},bread,3.50" for key in keys(30))
    anywhere.orders(*again)
    anywhere.run(MAY_2)
    assert len(arms(anywhere, "visit")) == 30
    assert {key: arms(anywhere, "visit")[key] for key in first} == first


def test_a_household_gets_one_arm_however_late_its_second_comes(anywhere: Client) -> None:
    anywhere.write(GREET + GREETING % "    unit: home", HEAD)
    come(anywhere, keys(12))
    some = keys(12)[::2]
    anywhere.orders(*(f"{key},2026-05-01T08:00:00,{key},bread,3.50" for key in some))
    anywhere.run(MAY_1)
    first = arms(anywhere)
    assert set(first) == set(some)
    weighted = "    unit: home\n    weights: [0.01, 0.01, 0.98]"
    anywhere.write(GREET + GREETING % weighted, HEAD)
    come(anywhere, keys(12))
    anywhere.run(MAY_2)
    given = exposures(anywhere)
    for n in range(0, 12, 2):
        one, two = given[f"c{n}"], given[f"c{n + 1}"]
        assert (one.arm, one.unit_share, one.probability) == (
            two.arm,
            two.unit_share,
            two.probability,
        )
        assert one.at < two.at
    assert len({row.unit_share for row in given.values()}) == 6
    assert {key: said[0] for key, said in read(anywhere).items()} == arms(anywhere)


def test_a_home_that_a_step_sets_counts_at_once(client: Client) -> None:
    moving = GREET.replace("steps: [", "steps: [{set: {home: the barracks}}, ")
    client.write(moving + GREETING % "    unit: home", HEAD)
    come(client, keys(20))
    client.run(MAY_1)
    assert len(set(arms(client).values())) == 1
    assert len({row.unit_share for row in exposures(client).values()}) == 1


DIES = """\
import os
from pathlib import Path
from regulars import hookimpl

@hookimpl
def regulars_may_send(message, customer, run):
    if Path(__file__).with_name("die").exists():
        os._exit(9)
"""


def test_a_killed_run_leaves_arms_that_the_next_run_keeps(client: Client) -> None:
    (client.folder / "dies.py").write_text(DIES)
    (client.folder / "die").touch()
    head = HEAD.replace("timezone: UTC", "timezone: UTC\nplugins: [./dies.py]")
    client.write(GREET + GREETING % "", head)
    come(client, keys(20))
    command = [sys.executable, "-m", "regulars", "run", str(client.path), "--at", MAY_1]
    command += ["--in-flight", "5"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 9
    before = exposures(client)
    assert len(before) == 20
    (client.folder / "die").unlink()
    client.write(GREET + GREETING % "    weights: [0.01, 0.01, 0.98]", head)
    client.call("run", str(client.path), "--at", MAY_2)
    assert exposures(client) == before
    said = read(client)
    assert len(said) == 15  # of the others nobody knows whether they went
    for key, (subject, _) in said.items():
        assert subject == before[key].arm


def test_what_goes_a_second_time_says_the_same(client: Client) -> None:
    client.write(GREET + GREETING % "", HEAD)
    come(client, keys(20))
    (client.folder / "outbox").touch()  # where there should be a folder, so nothing goes for now
    client.call("run", str(client.path), "--at", MAY_1)
    before = exposures(client)
    assert len(before) == 20
    (client.folder / "outbox").unlink()
    client.write(GREET + GREETING % "    weights: [0.01, 0.01, 0.98]", HEAD)
    client.run(MAY_2)
    assert exposures(client) == before
    assert {key: said[0] for key, said in read(client).items()} == arms(client)


ASKS = """\
from regulars import hookimpl
from regulars.hooks import AnalysisKind, Reading, Settings

class Asking(Settings):
    of: list[str]

@hookimpl
def regulars_analyses():
    def analyse(config, trial):
        return Reading("keep going", None, "")
    return [AnalysisKind("asks", "Asks", Asking, analyse, lambda config: config.of)]
"""


def test_what_was_true_before_is_noted_with_the_exposure(anywhere: Client) -> None:
    (anywhere.folder / "asks.py").write_text(ASKS)
    head = HEAD.replace("timezone: UTC", "timezone: UTC\nplugins: [./asks.py]")
    understood = """\
traits: {spent: {sum: order.total}, orders: {count: order}, last: {last: order}}
segments: {rich: {trait: spent, more_than: 5}}
"""
    asking = "    by: rich\n    decide: {use: asks, of: [spent, orders, last]}\n"
    asking += "    goals: [{id: came, performed: order, within: 2d}]"
    anywhere.write(understood + GREET + GREETING % asking, head)
    come(anywhere, keys(3))
    anywhere.orders(
        "c0,2026-05-01T08:00:00,1,bread,3.50",
        "c1,2026-04-29T09:00:00,2,cake,2",
        "c1,2026-05-01T08:00:00,3,cake,12.25",
    )
    anywhere.run(MAY_1)
    anywhere.orders("c0,2026-05-01T20:00:00,4,cake,100")
    anywhere.run(MAY_2)
    facts, customers = tables.exposure_facts, tables.customers
    query = select(customers.c.key, facts).join(customers, customers.c.id == facts.c.customer)
    noted = {(row.key, row.name): row.value for row in rows(anywhere, query)}
    hour = pytest.approx(1 / 24)
    assert noted == {
        ("c0", "trait:spent"): 3.5,
        ("c0", "trait:orders"): 1,
        ("c0", "trait:last"): hour,
        ("c0", "segment:rich"): 0,
        ("c1", "trait:spent"): 14.25,
        ("c1", "trait:orders"): 2,
        ("c1", "trait:last"): hour,
        ("c1", "segment:rich"): 1,
    }


def test_why_tells_the_arm_and_since_when(client: Client) -> None:
    client.write(GREET + GREETING % "", HEAD)
    come(client, keys(3))
    client.run(MAY_1)
    arm = arms(client)["c1"]
    _, out, _ = client.call("why", str(client.path), "c1")
    assert f"arm {arm} since 2026-05-01 09:00" in " ".join(out.split())
    _, out, _ = client.call("why", str(client.path), "c1", "--json")
    told = json.loads(out)["known"]["experiments"]
    assert [(row["experiment"], row["arm"], row["at"]) for row in told] == [
        ("greeting", arm, "2026-05-01T09:00:00+00:00")
    ]


def test_a_preview_shows_the_arm_that_the_customer_has_or_would_be_given(client: Client) -> None:
    client.write(GREET + GREETING % "", HEAD)
    come(client, keys(6))
    shown = {}
    for key in keys(6):
        loaded = load_playbook(client.path, {}, lambda *_: [])
        when = datetime.fromisoformat(MAY_1)
        shown[key] = preview(loaded, "hello", key, None, when).message.subject
    client.run(MAY_1)
    assert arms(client) == shown


def test_any_id_has_an_arm_before_anything_ran(client: Client) -> None:
    client.write(GREET + GREETING % "    coverage: 50%", HEAD)
    loaded = load_playbook(client.path, {}, lambda *_: [])
    told = assign(loaded, "greeting", keys(200))
    assert set(told.values()) == {"control", "offer", "bare", None}
    come(client, keys(40))
    client.run(MAY_1)
    given = arms(client)
    assert given == {key: arm for key, arm in told.items() if arm and key in keys(40)}
    client.write(GREET + GREETING % "    weights: [0.01, 0.01, 0.98]", HEAD)
    edited = load_playbook(client.path, {}, lambda *_: [])
    after = assign(edited, "greeting", keys(200))
    assert {key: after[key] for key in given} == given
    assert Counter(after.values()).most_common(1)[0][0] == "bare"


@pytest.mark.parametrize("unit", ["", "    unit: home"])
def test_whose_arm_is_gone_is_told_and_led_and_listed_as_one_who_takes_no_part(
    client: Client, unit: str
) -> None:
    client.write(GREET + GREETING % unit, HEAD)
    come(client, keys(30))
    client.run(MAY_1)
    given = arms(client)
    client.write(GREET + GREETING.replace("      bare: {}\n", "") % unit, HEAD)
    loaded = load_playbook(client.path, {}, lambda *_: [])
    gone = sorted(key for key, arm in given.items() if arm == "bare")
    ids = {key: f"h{int(key[1:]) // 2}" if unit else key for key in given}
    told = assign(loaded, "greeting", list(ids.values()))
    assert gone
    for key, arm in given.items():
        assert told[ids[key]] == (None if key in gone else arm)
    when = datetime.fromisoformat(MAY_2)
    assert preview(loaded, "hello", gone[0], None, when).message.subject == "control"


def test_ids_of_an_experiment_with_a_unit_are_units(client: Client) -> None:
    client.write("policy: {holdout: 50%}\n" + GREET + GREETING % "    unit: home", HEAD)
    homes = [f"h{n}" for n in range(30)]
    told = assign(load_playbook(client.path, {}, lambda *_: []), "greeting", homes)
    come(client, keys(60))
    client.run(MAY_1)
    given = arms(client)
    assert 0 < len(given) < 60
    assert given == {key: told[f"h{int(key[1:]) // 2}"] for key in given}
    client.write(GREET + GREETING % "    unit: home\n    weights: [0.01, 0.01, 0.98]", HEAD)
    after = assign(load_playbook(client.path, {}, lambda *_: []), "greeting", homes)
    kept = {f"h{int(key[1:]) // 2}" for key in given}
    assert {home: after[home] for home in kept} == {home: told[home] for home in kept}


def test_an_experiment_that_is_not_there_is_an_error(client: Client) -> None:
    client.write(GREET + GREETING % "", HEAD)
    loaded = load_playbook(client.path, {}, lambda *_: [])
    with pytest.raises(StoreError, match="unknown experiment 'greting'; there are: greeting"):
        assign(loaded, "greting", ["c1"])
