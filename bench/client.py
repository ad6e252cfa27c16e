"""Make the folder of a large client: ``python bench/client.py FOLDER CUSTOMERS EVENTS``.

Everything comes from a seed. A fifth of the customers have lapsed: they ordered three times or
more, and not for 91 days. It is a process of its own, because the memory of whoever makes the data
would count as that of the measured processes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np

SEED = 20_000
NOW = np.datetime64("2026-03-01T00:00:00")
DAY = 86_400
HERE = Path(__file__).parent

PLAYBOOK = """
playbook: bench
timezone: UTC
plugins: [./null_channel.py]
customer:
  attributes: {first_name: text, city: text, plan: text}
sources:
  people:
    use: csv
    path: customers.csv
    provides: customers
    map: {id: id, email: email, first_name: first_name, city: city, plan: plan}
  events:
    use: csv
    path: events.csv
    provides: events
    map: {id: id, customer: customer, time: time, event: {column: event}, item: item, total: total}
traits:
  orders: {count: order}
  orders_90d: {count: order, within: 90d}
  spend: {sum: order.total}
  spend_1y: {sum: order.total, within: 1y}
  basket: {average: order.total}
  biggest: {largest: order.total}
  visits_30d: {count: visit, within: 30d}
  first_order: {first: order}
  last_order: {last: order}
  range: {distinct: order.item}
segments:
  lapsed: {all: [{performed: order, at_least: 3}, {not_performed: order, within: 90d}]}
  active: {trait: orders_90d, at_least: 1}
  regulars: {performed: order, at_least: 4, within: 90d}
  big_spenders: {trait: spend, at_least: 1000}
  generous: {trait: basket, more_than: 50}
  explorers: {trait: range, at_least: 10}
  browsers: {all: [{trait: visits_30d, at_least: 2}, {not_performed: order, within: 30d}]}
  newcomers: {trait: first_order, within_last: 60d}
  portland_pro: {all: [{attribute: city, is: Portland}, {attribute: plan, in: [pro, team]}]}
  best: {all: [{segment: regulars}, {trait: spend_1y, at_least: 500}], none: [{segment: browsers}]}
channels:
  email: {use: "null"}
messages:
  we_miss_you:
    email:
      subject: "{{ customer.first_name }}, we miss you"
      body: |
        Hello {{ customer.first_name }},

        you came **{{ traits.orders }}** times. Come again.
journeys:
  winback:
    when: {enters: lapsed}
    existing: true
    steps:
      - send: we_miss_you
        via: email
"""


def customers(path: Path, count: int, chance: np.random.Generator) -> None:
    cities = chance.choice(["Portland", "Salem", "Eugene", "Bend", "Astoria"], count).tolist()
    plans = chance.choice(["free", "pro", "team"], count, p=[0.8, 0.15, 0.05]).tolist()
    lines = [
        f"u{number},user{number}@example.com,User{number % 997},{city},{plan}"
        for number, (city, plan) in enumerate(zip(cities, plans, strict=True))
    ]
    path.write_text("id,email,first_name,city,plan\n" + "\n".join(lines) + "\n")


def seconds_ago(who: np.ndarray, lapsed: int, chance: np.random.Generator) -> np.ndarray:
    """When events happened, in seconds before now: the lapsed have none in the last 91 days."""
    since = np.where(who < lapsed, 91 * DAY, 0)
    ago: np.ndarray = since + (chance.random(len(who)) * (730 * DAY - since)).astype(np.int64)
    return ago


def events(path: Path, count: int, people: int, lapsed: int, chance: np.random.Generator) -> None:
    """Three orders for everybody, one of them recent unless they lapsed; then the rest."""
    sure = np.repeat(np.arange(people), 3)
    shares = chance.gamma(1.5, size=people)
    rest = chance.choice(people, count - len(sure), p=shares / shares.sum())
    who = np.concatenate([sure, rest])
    ago = seconds_ago(who, lapsed, chance)
    recent = np.flatnonzero(sure[::3] >= lapsed) * 3
    ago[recent] = chance.integers(1, 80 * DAY, len(recent))
    kinds = np.where(chance.random(count) < 0.6, "order", "visit")
    kinds[: len(sure)] = "order"
    turn = np.argsort(-ago, kind="stable")
    times = np.datetime_as_string(NOW - ago[turn], unit="s").tolist()
    cents = chance.integers(100, 9_999, count).tolist()
    items = chance.integers(0, 40, count).tolist()
    with path.open("w") as file:
        file.write("id,customer,time,event,item,total\n")
        columns = (who[turn].tolist(), times, kinds[turn].tolist(), items, cents)
        file.writelines(
            f"{number},u{customer},{when}Z,{kind},item{item},{cent / 100:.2f}\n"
            for number, (customer, when, kind, item, cent) in enumerate(zip(*columns, strict=True))
        )


def make(folder: Path, people: int, count: int) -> None:
    """Write the client's folder: data, playbook and the null channel."""
    chance = np.random.default_rng(SEED)
    customers(folder / "customers.csv", people, chance)
    events(folder / "events.csv", count, people, people // 5, chance)
    (folder / "playbook.yaml").write_text(PLAYBOOK)
    shutil.copy(HERE / "null_channel.py", folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
