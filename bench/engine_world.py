"""Make the folder of a very large client: ``python bench/engine_world.py FOLDER CUSTOMERS EVENTS``.

Everything comes from a seed: activity is lognormal, so a few customers have most of the events,
which lie evenly over two years. Beside the first two years, ``next.csv`` holds the events of the
day after, one for every thousand before it. It is a process of its own, because the memory of
whoever makes the data would count as that of the measured processes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np

SEED = 6_000
NOW = np.datetime64("2026-03-01T00:00:00")
DAY = 86_400
PERIOD = 730 * DAY
ACTIVITY = 1.2  # the standard deviation of the logarithm
CHUNK = 500_000  # events in memory as text
NAMES = {"visit": 0.4, "view": 0.3, "cart": 0.12, "order": 0.1, "support": 0.05, "review": 0.03}
CITIES = {
    "Portland": (45.52, -122.68),
    "Salem": (44.94, -123.04),
    "Eugene": (44.05, -123.09),
    "Bend": (44.06, -121.31),
    "Astoria": (46.19, -123.83),
}
HERE = Path(__file__).parent


def customers(path: Path, count: int, chance: np.random.Generator) -> None:
    names = list(CITIES)
    cities = chance.integers(0, len(names), count).tolist()
    plans = chance.choice(["free", "pro", "team"], count, p=[0.8, 0.15, 0.05]).tolist()
    away = (chance.normal(0, 0.1, (count, 2))).tolist()
    with path.open("w") as file:
        file.write("id,email,city,plan,home\n")
        for number, (city, plan, (north, east)) in enumerate(zip(cities, plans, away, strict=True)):
            latitude, longitude = CITIES[names[city]]
            home = f'"{latitude + north:.4f},{longitude + east:.4f}"'
            file.write(f"u{number},user{number}@example.com,{names[city]},{plan},{home}\n")


def events(
    path: Path, times: np.ndarray, whose: np.ndarray, chance: np.random.Generator, first: int
) -> None:
    """Events at ``times`` of customers that ``whose`` draws; their ids begin at ``first``."""
    with path.open("w") as file:
        file.write("id,customer,time,event,item,total\n")
        for begin in range(0, len(times), CHUNK):
            part = times[begin : begin + CHUNK]
            who = np.searchsorted(whose, chance.random(len(part))).tolist()
            named = chance.choice(list(NAMES), len(part), p=list(NAMES.values())).tolist()
            items = chance.integers(0, 40, len(part)).tolist()
            cents = chance.lognormal(8, 0.8, len(part)).astype(np.int64).tolist()
            at = np.datetime_as_string(part, unit="s").tolist()
            file.writelines(
                f"{first + begin + number},u{customer},{when}Z,{name},item{item},{cent / 100:.2f}\n"
                for number, (customer, when, name, item, cent) in enumerate(
                    zip(who, at, named, items, cents, strict=True)
                )
            )


def make(folder: Path, people: int, count: int) -> None:
    """Write the client's folder: data, playbook and the null channel."""
    chance = np.random.default_rng(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    customers(folder / "customers.csv", people, chance)
    activity = np.cumsum(chance.lognormal(0, ACTIVITY, people))
    activity /= activity[-1]
    ago = np.sort((chance.random(count) * PERIOD).astype(np.int64))[::-1]
    events(folder / "events-1.csv", NOW - ago, activity, chance, 0)
    ahead = np.sort((chance.random(count // 1000) * DAY).astype(np.int64))
    events(folder / "next.csv", NOW + ahead, activity, chance, count)
    for name in ("engine.yaml", "null_channel.py"):
        shutil.copy(HERE / name, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
