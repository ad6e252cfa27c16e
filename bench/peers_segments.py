"""The 20 segments of engine.yaml as somebody writes them with pandas who knows it well.

    python bench/peers_segments.py FOLDER NOW

Reads the folder's CSV, writes who is in which segment to ``segments.json`` there and prints the
seconds of its parts. It has an environment of its own, see peers.py, and knows nothing of regulars.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from pandas.api.types import union_categoricals  # type: ignore[import-untyped]

EARTH_KM = 6371.0088
SHOP = (45.52, -122.68)


def read(folder: Path) -> tuple[Any, Any]:
    people = pd.read_csv(folder / "customers.csv", index_col="id")
    texts = dict.fromkeys(("customer", "event", "item"), "category")
    files = sorted(folder.glob("events-*.csv"))
    parts = [pd.read_csv(file, dtype=texts, parse_dates=["time"]) for file in files]
    for name in texts:  # files with other texts than one another would make them slow ones
        union = union_categoricals([part[name] for part in parts]).categories
        for part in parts:
            part[name] = part[name].cat.set_categories(union)
    events = pd.concat(parts, ignore_index=True)
    who = people.index.get_indexer(events["customer"].cat.categories)
    events["who"] = who[events["customer"].cat.codes]
    events["cents"] = (events["total"] * 100).round().astype("int64")
    return people, events[["who", "time", "event", "item", "cents"]]


def away_km(people: Any) -> Any:
    """How far from the shop they live, along a great circle."""
    north, east = np.radians(people["home"].str.split(",", expand=True).astype(float)).to_numpy().T
    here, there = np.radians(SHOP)
    half = np.sin((north - here) / 2) ** 2
    half += np.cos(here) * np.cos(north) * np.sin((east - there) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(half))


def segments(people: Any, events: Any, now: Any) -> dict[str, Any]:
    """Of each segment one truth value a customer."""
    everybody = np.arange(len(people))
    by_name = {name: events[events["event"] == name] for name in events["event"].cat.categories}
    orders, reviews, visits = (by_name[name] for name in ("order", "review", "visit"))

    def since(part: Any, **window: int) -> Any:
        return part[part["time"] > now - pd.DateOffset(**window)]

    def count(part: Any) -> Any:
        return part.groupby("who").size().reindex(everybody, fill_value=0)

    def cents(part: Any) -> Any:
        return part.groupby("who")["cents"].sum().reindex(everybody, fill_value=0)

    def kinds(part: Any) -> Any:
        different = part.groupby("who", observed=True)["item"].nunique()
        return different.reindex(everybody, fill_value=0)

    ordered, lately = count(orders), count(since(orders, days=90))
    this_month, this_week = (count(since(orders, days=days)) for days in (30, 7))
    spent, spent_1y = cents(orders), cents(since(orders, years=1))
    first = orders.groupby("who")["time"].min().reindex(everybody)
    last_item = orders.sort_values("time", kind="stable").groupby("who")["item"].last()
    visited = visits.groupby("who")["time"].max().reindex(everybody)
    in_portland = people["city"].to_numpy() == "Portland"

    found: dict[str, Any] = {
        "lapsed": (ordered >= 3) & (lately == 0),
        "active": lately >= 1,
        "regulars": lately >= 4,
        "big_spenders": spent >= 200_00,
        "generous": spent > 50_00 * ordered,
        "explorers": kinds(orders) >= 5,
        "browsers": (count(since(visits, days=30)) >= 2) & (this_month == 0),
        "newcomers": first > now - pd.DateOffset(days=60),
        "portland_pro": in_portland & people["plan"].isin(["pro", "team"]).to_numpy(),
        "nearby": away_km(people) <= 10,
        "abandoned": (count(since(by_name["cart"], days=7)) >= 1) & (this_week == 0),
        "reviewers": count(reviews) >= 2,
        "troubled": count(since(by_name["support"], days=90)) >= 2,
        "sleeping": visited <= now - pd.DateOffset(days=180),
        "strangers": ordered == 0,
        "window_shoppers": (kinds(since(by_name["view"], days=30)) >= 5) & (lately == 0),
        "bakers": last_item.reindex(everybody) == "item3",
        "yearly": spent_1y >= 500_00,
    }
    found["best"] = found["regulars"] & (spent_1y >= 100_00) & ~found["browsers"]
    worth = found["best"] | (found["big_spenders"] & found["nearby"])
    found["vip"] = worth & ~found["troubled"]
    return found


def main(folder: Path, now: str) -> None:
    start = time.perf_counter()
    people, events = read(folder)
    loaded = time.perf_counter()
    found = segments(people, events, pd.Timestamp(now))
    members = {name: people.index[np.asarray(inside)].tolist() for name, inside in found.items()}
    (folder / "segments.json").write_text(json.dumps(members))
    print(json.dumps({"load": loaded - start, "segments": time.perf_counter() - loaded}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
