"""The folder of a client who writes to everybody at once: ``make(folder, messages, channel)``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 5_000
HERE = Path(__file__).parent

PLAYBOOK = """
playbook: mailing
timezone: UTC
plugins: [./null_channel.py]
customer:
  attributes: {first_name: text, city: text}
sources:
  people:
    use: csv
    path: customers.csv
    provides: customers
    map: {id: id, email: email, first_name: first_name, city: city}
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {id: id, customer: customer, time: time, item: item, total: total}
traits:
  orders: {count: order}
  spend: {sum: order.total}
  usual: {most_common: order.item}
  last_order: {last: order}
segments:
  customers: {trait: orders, at_least: 1}
channels:
  email: CHANNEL
topics:
  news: {title: News from the shop, basis: opt_out}
messages:
  spring:
    topic: news
    email:
      subject: "{{ customer.first_name }}, spring comes to {{ customer.city }}"
      preheader: "A note from the shop after your last {{ traits.usual }}"
      body: |
        # Spring comes to {{ customer.city }}

        Hello {{ customer.first_name }},

        you came **{{ traits.orders }}** times so far, the last time on {{ traits.last_order | date }}.
        {% if traits.spend >= 100 %}
        You are one of our regulars, so the first coffee of the season is on us.
        {% else %}
        One more visit and the first coffee of the season is on us.
        {% endif %}

        Three things are new:

        - the terrace is open from eight in the morning
        - there is rhubarb cake again, as long as there is rhubarb
        - your {{ traits.usual }} now comes in two sizes

        **[Reserve a table](https://shop.example/tables?for={{ customer.id }})**

        See you soon at [the shop](https://shop.example/), or write to us
        if something was not as it should be.
journeys:
  spring:
    when: {at: "2026-03-01 09:00", segment: customers}
    steps:
      - send: spring
        via: email
"""  # noqa: E501 (a paragraph of the message is one line)


def people(count: int) -> Iterator[str]:
    cities = ("Portland", "Salem", "Eugene", "Bend", "Astoria")
    yield "id,email,first_name,city\n"
    for number in range(count):
        name, city = f"User{number % 997}", cities[number % len(cities)]
        yield f"u{number},user{number}@example.com,{name},{city}\n"


def orders(count: int) -> Iterator[str]:
    """Two orders for each customer."""
    chance = np.random.default_rng(SEED)
    yield "id,customer,time,item,total\n"
    for number in range(2 * count):
        day, cents = chance.integers(1, 29), chance.integers(500, 9_999)
        when = f"2026-02-{day:02}T12:00:00Z"
        yield f"{number},u{number // 2},{when},item{number % 40},{cents / 100:.2f}\n"


def make(folder: Path, messages: int, channel: str) -> None:
    """Write data, playbook and the null channel; ``channel`` is its YAML."""
    folder.mkdir(parents=True)
    with (folder / "customers.csv").open("w") as file:
        file.writelines(people(messages))
    with (folder / "orders.csv").open("w") as file:
        file.writelines(orders(messages))
    (folder / "playbook.yaml").write_text(PLAYBOOK.replace("CHANNEL", channel))
    shutil.copy(HERE / "null_channel.py", folder)
