"""Simulate the Corner Bakery: a year of a small shop in Portland, Oregon.

    python simulate.py FOLDER

writes customers.csv, orders.csv and visits.jsonl, the same ones every time: 412 people of whom
some are staff and some are cafés that resell, their rhythm, their favourites, their lapses and
birthdays, and the baskets that they fill on the web site. What they do afterwards, once they have
read their mail, is in play_on.py. Nobody in it is real. Standard library only.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEED = 4552
CUSTOMERS, STAFF, CAFES = 396, 9, 7
OPENED, CLOSED = date(2025, 3, 1), date(2026, 2, 28)
DAYS = (CLOSED - OPENED).days + 1
HOME = ZoneInfo("America/Los_Angeles")

NAMES = """
Ada Alma Amir Ana Andre Aisha Ben Bianca Blake Bruno Carla Carmen Cole Dana Darius Diego Dora Eli
Elena Emil Emma Esther Ezra Faye Felix Fiona Gabriel Gina Grace Hana Hank Hugo Ida Imani Ines Iris
Ivan Jade Jamal Jane Jo Jonah Juan June Kai Kira Lars Lena Leo Lila Luca Lucy Mae Malik Mara Marco
Maya Mei Mila Milo Nadia Nico Nina Noah Nora Olga Omar Oscar Otis Pia Priya Quinn Rafael Rosa Ruth
Sam Sara Silas Simone Sofia Tara Theo Tomas Uma Vera Victor Wanda Wes Willa Xavier Yara Yusuf Zoe
""".split()
TOWNS = {  # town: latitude, longitude, share of the customers
    "Portland": (45.5230, -122.6650, 0.68),
    "Beaverton": (45.4871, -122.8037, 0.10),
    "Gresham": (45.5001, -122.4302, 0.08),
    "Lake Oswego": (45.4207, -122.6706, 0.08),
    "Vancouver": (45.6387, -122.6615, 0.06),
}
STORES = {
    "Pearl": (45.5266, -122.6819),
    "Hawthorne": (45.5122, -122.6220),
    "St Johns": (45.5903, -122.7540),
}
MENU = {  # item: price in cents, share of the orders
    "coffee": (325, 0.24),
    "croissant": (375, 0.20),
    "sourdough": (850, 0.18),
    "baguette": (400, 0.12),
    "cinnamon roll": (450, 0.11),
    "rye": (725, 0.07),
    "vegan muffin": (425, 0.05),
    "cake": (3200, 0.03),
}
WEB, BY_WEB = "web", 0.06  # the store of what is ordered on the web site, and its share
AWAY = ["America/New_York", "America/Chicago", "Europe/Berlin", "Asia/Tokyo"]


@dataclass(frozen=True)
class Person:
    """One customer with the habits that the files only show through what they do."""

    id: str
    kind: str
    name: str
    town: str
    home: tuple[float, float]
    birthday: date
    joined: datetime
    gap: float  # days between orders while the habit lasts
    until: date  # when the habit ends
    weekday: int  # the day they like best
    hour: float
    favourite: str
    store: str


def pick(chance: random.Random, shares: dict[str, float]) -> str:
    """One of the keys, as often as its share says."""
    return chance.choices(list(shares), list(shares.values()))[0]


def born(chance: random.Random) -> date:
    """A birthday of somebody between 18 and 80; one in 1,461 is a 29 February."""
    return date(1946, 1, 1) + timedelta(days=chance.randrange(62 * 365))


def nearest(home: tuple[float, float]) -> str:
    """The store that is nearest as the crow flies, well enough for one town."""
    return min(
        STORES, key=lambda s: (STORES[s][0] - home[0]) ** 2 + (STORES[s][1] - home[1]) ** 2 / 2
    )


def person(number: int, chance: random.Random, customers: int = CUSTOMERS) -> Person:
    """A customer, a member of staff or a café, with their habits."""
    kind = "customer" if number <= customers else "staff"
    kind = "partner" if number > customers + STAFF else kind
    town = pick(chance, {town: share for town, (_, _, share) in TOWNS.items()})
    home = (TOWNS[town][0] + chance.gauss(0, 0.025), TOWNS[town][1] + chance.gauss(0, 0.035))
    started = OPENED + timedelta(days=int(DAYS * chance.random() ** 1.6))
    lasts = chance.expovariate(1 / 210) if kind == "customer" else DAYS
    return Person(
        id=f"c{number:03}",
        kind=kind,
        name=chance.choice(NAMES),
        town=town,
        home=(round(home[0], 4), round(home[1], 4)),
        birthday=born(chance),
        joined=datetime.combine(started, time(6), HOME) + timedelta(minutes=chance.randrange(30)),
        gap=min(60.0, max(2.0, chance.lognormvariate(2.6, 0.7))),
        until=started + timedelta(days=int(lasts)),
        weekday=chance.randrange(7),
        hour=chance.choice([7.5, 8.0, 8.5, 10.0, 12.5, 15.5, 17.0]),
        favourite=pick(chance, {item: share for item, (_, share) in MENU.items()}),
        store=nearest(home),
    )


def everybody(chance: random.Random, customers: int = CUSTOMERS) -> list[Person]:
    """So many customers, the staff and the cafés."""
    numbers = range(1, customers + STAFF + CAFES + 1)
    return [person(number, chance, customers) for number in numbers]


def profile(who: Person, chance: random.Random) -> dict[str, Any]:
    """The row of ``customers.csv``: what people said of themselves, gaps included."""
    cautious = chance.random()
    return {
        "customer_id": who.id,
        "kind": who.kind,
        "first_name": who.name if chance.random() < 0.97 else "",
        "email": f"{who.name.lower()}.{who.id}@example.com" if chance.random() < 0.94 else "",
        "phone": f"+1503555{int(who.id[1:]):04}" if chance.random() < 0.62 else "",
        "town": who.town,
        "dob": who.birthday.isoformat() if chance.random() < 0.7 else "",
        "plan": "club" if chance.random() < 0.22 else "free",
        "points": chance.randrange(0, 400, 5),
        "discount": 12.5 if who.kind == "partner" else chance.choice([0, 0, 0, 2.5]),
        "vegan": "yes" if chance.random() < 0.12 else "no",
        "joined_at": who.joined.isoformat(),
        "home": f"{who.home[0]:.4f},{who.home[1]:.4f}" if chance.random() < 0.9 else "",
        "timezone": chance.choice(AWAY) if chance.random() < 0.05 else "",
        "locale": chance.choice(["es_US", "de_DE"]) if chance.random() < 0.08 else "en_US",
        "newsletter": "yes" if cautious < 0.71 else "no" if cautious < 0.86 else "",
        "sms_ok": "yes" if cautious < 0.35 else "no",
    }


def days_of_orders(who: Person, chance: random.Random) -> Iterator[date]:
    """The days a customer orders on: a rhythm with their weekday in it, until the habit ends."""
    day = who.joined.date()
    while day <= min(who.until, CLOSED):
        yield day
        step = max(1, round(chance.gauss(who.gap, who.gap / 4)))
        day += timedelta(days=step)
        if step > 4 and chance.random() < 0.8:
            day += timedelta(days=(who.weekday - day.weekday() + 3) % 7 - 3)


def order(who: Person, day: date, chance: random.Random) -> dict[str, Any]:
    """One order: mostly the favourite, a cake around a birthday, more at once for a café."""
    item = who.favourite if chance.random() < 0.6 else chance.choice(list(MENU))
    birthday = who.birthday.replace(year=day.year, day=min(who.birthday.day, 28))
    if abs((birthday - day).days) <= 2 and chance.random() < 0.5:
        item = "cake"
    quantity = chance.randrange(6, 25) if who.kind == "partner" else chance.choice([1, 1, 1, 2, 3])
    opened = datetime.combine(day, time(6, 30), HOME)
    placed = opened + timedelta(minutes=int(abs(who.hour - 6.5 + chance.gauss(0, 0.7)) * 60))
    return {
        "customer_id": who.id,
        "placed_at": placed.isoformat(),
        "store": who.store if chance.random() < 0.9 else chance.choice(list(STORES)),
        "item": item,
        "quantity": quantity,
        "total": f"{MENU[item][0] * quantity / 100:.2f}",
    }


def move_to_web(orders: Iterable[dict[str, Any]], chance: random.Random) -> None:
    """Some orders were placed on the web site and only picked up at the counter."""
    for bought in orders:
        if chance.random() < BY_WEB:
            bought["store"] = WEB


def visits(who: Person, orders: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Any]:
    """What happened on the web site: signing up, reviews, baskets that were left."""
    yield {"customer": who.id, "at": who.joined.isoformat(), "what": "signed_up"}
    for bought in orders:
        placed = datetime.fromisoformat(bought["placed_at"])
        luck = chance.random()
        if luck < 0.06:
            stars = chance.choices([1, 2, 3, 4, 5], [2, 3, 8, 30, 57])[0]
            at = placed + timedelta(hours=chance.randrange(2, 60))
            review = {"item": bought["item"], "stars": stars}
            yield {"customer": who.id, "at": at.isoformat(), "what": "review", **review}
        elif luck < 0.11:
            at = placed + timedelta(days=chance.randrange(1, 12))
            cart = {"item": chance.choice(list(MENU)), "value": chance.randrange(400, 4000) / 100}
            yield {"customer": who.id, "at": at.isoformat(), "what": "cart", **cart}


def baskets(who: Person, orders: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Any]:
    """The baskets that became an order, filled up to an hour and a half before."""
    for bought in orders:
        if bought["store"] == WEB:
            at = datetime.fromisoformat(bought["placed_at"]) - timedelta(
                minutes=chance.randrange(4, 90)
            )
            cart = {"item": bought["item"], "value": float(bought["total"])}
            yield {"customer": who.id, "at": at.isoformat(), "what": "cart", **cart}


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of equal keys with Unix line ends, the same on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def numbered(rows: Iterable[dict[str, Any]], name: str, when: str) -> list[dict[str, Any]]:
    """The rows up to the last day in the order of their time, each with a number of its own."""
    last = datetime.combine(CLOSED + timedelta(days=1), time(), HOME)
    seen = [row for row in rows if datetime.fromisoformat(row[when]) < last]
    seen.sort(key=lambda row: (datetime.fromisoformat(row[when]), row["customer_id"]))
    return [{name: number, **row} for number, row in enumerate(seen, 1001)]


def simulate(folder: Path, seed: int = SEED, customers: int = CUSTOMERS) -> None:
    """Write the three files into ``folder``; another seed makes another town."""
    chance = random.Random(seed)
    people = everybody(chance, customers)
    bought = {p.id: [order(p, day, chance) for day in days_of_orders(p, chance)] for p in people}
    web = random.Random(seed + 1)
    for orders in bought.values():
        move_to_web(orders, web)
    seen = [
        {"customer_id": visit.pop("customer"), **visit}
        for p in people
        for visit in (*visits(p, bought[p.id], chance), *baskets(p, bought[p.id], web))
    ]
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "customers.csv", [profile(p, chance) for p in people])
    orders = numbered((row for rows in bought.values() for row in rows), "order_no", "placed_at")
    write_csv(folder / "orders.csv", orders)
    lines = [json.dumps(row) + "\n" for row in numbered(seen, "id", "at")]
    (folder / "visits.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python simulate.py FOLDER")
    simulate(Path(sys.argv[1]))
