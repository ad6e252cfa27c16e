"""The floor under loading: the same file into the same table by nothing but csv and sqlite3.

    python bench/bare_load.py EVENTS.csv STORE.db

No ids of customers are looked up, no bad row is noticed, nothing is recognised when it comes
again: what regulars takes beyond these seconds is what those things cost.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import time
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = """CREATE TABLE events (id INTEGER PRIMARY KEY, customer, time, name, key BLOB,
    properties TEXT, p_item TEXT, n_total)"""
INDEXES = (
    "CREATE UNIQUE INDEX events_once ON events (key)",
    "CREATE INDEX events_by_name ON events (name, customer, time, n_total, p_item)",
)


def rows(path: str) -> Iterator[tuple[object, ...]]:
    with open(path, encoding="utf-8", newline="") as lines:  # noqa: PTH123
        reader = csv.reader(lines)
        next(reader)
        for id_, customer, at, name, item, total in reader:
            micros = int(datetime.fromisoformat(at).timestamp()) * 1_000_000
            key = blake2b(id_.encode(), digest_size=16).digest()
            amount = round(float(total) * 1_000_000) if total else None
            properties = f'{{"item": "{item}", "total": "{total}"}}'
            yield int(customer[1:]), micros, name, key, properties, item, amount


def main() -> None:
    path, store = sys.argv[1:]
    start = time.perf_counter()
    connection = sqlite3.connect(store, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -32000"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(TABLE)
    columns = "customer, time, name, key, properties, p_item, n_total"
    connection.executemany(
        f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows(path)
    )
    for index in INDEXES:
        connection.execute(index)
    connection.execute("COMMIT")
    connection.close()
    print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
