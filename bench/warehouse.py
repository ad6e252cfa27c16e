"""A warehouse of synthetic rows in DuckDB: ``python bench/warehouse.py make|ask FILE …``.

``make FILE CUSTOMERS EVENTS`` writes the world of engine_world.py with DuckDB's own means: activity
is lognormal, events lie in order of time over two years. Each row is a hash of its number, so that
two machines write the same. ``ask FILE STATEMENT`` counts what the statement in that file finds.
Both answer with JSON; they are processes of their own, so that they can be measured from outside.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

# An even share of [0, 1) and a normal number: of row `i`, and of what they are drawn for.
MACROS = """
CREATE MACRO drawn(i, what) AS (hash(i, what, 6000) >> 11) / 9007199254740992.0;
CREATE MACRO normal(i, what) AS
    sqrt(-2 * ln(1 - drawn(i, what))) * cos(2 * pi() * drawn(i, what || ' too'));
"""
TABLES = """
CREATE TABLE event_names (id INTEGER, name VARCHAR);
INSERT INTO event_names VALUES
    (1, 'visit'), (2, 'view'), (3, 'cart'), (4, 'order'), (5, 'support'), (6, 'review');
CREATE TABLE cities (id INTEGER, name VARCHAR, latitude DOUBLE, longitude DOUBLE);
INSERT INTO cities VALUES (0, 'Portland', 45.52, -122.68), (1, 'Salem', 44.94, -123.04),
    (2, 'Eugene', 44.05, -123.09), (3, 'Bend', 44.06, -121.31), (4, 'Astoria', 46.19, -123.83);
"""
CUSTOMERS = """
CREATE TABLE customers AS
WITH people AS (
    SELECT i AS id, cities.name AS city, drawn(i, 'plan') AS plan,
        radians(latitude + 0.1 * normal(i, 'north')) AS north,
        radians(longitude + 0.1 * normal(i, 'east')) AS east
    FROM range(1, $customers + 1) AS numbers(i)
    JOIN cities ON cities.id = (hash(i, 'city') % 5)::INTEGER
)
SELECT id, 'u' || id AS key, city AS a_city,
    CASE WHEN plan < 0.8 THEN 'free' WHEN plan < 0.95 THEN 'pro' ELSE 'team' END AS a_plan,
    cos(north) * cos(east) AS x_home, cos(north) * sin(east) AS y_home, sin(north) AS z_home
FROM people
"""
# A customer has as many chances to be drawn as they are active; some have none.
CHANCES = """
CREATE TEMP TABLE chances AS
SELECT row_number() OVER () - 1 AS chance, id AS customer
FROM (
    SELECT id, unnest(range(round(2 * exp(1.2 * normal(id, 'activity')))::BIGINT))
    FROM customers ORDER BY id
)
"""
EVENTS = """
CREATE TABLE events AS
SELECT i AS id, customer,
    (1772323200000000 - (730 * 86400000000.0 * ($events - i) / $events)::BIGINT) AS time,
    CASE WHEN name < 0.4 THEN 1 WHEN name < 0.7 THEN 2 WHEN name < 0.82 THEN 3
        WHEN name < 0.92 THEN 4 WHEN name < 0.97 THEN 5 ELSE 6 END AS name,
    1 AS times, 'item' || hash(i, 'item') % 40 AS p_item,
    exp(8 + 0.8 * normal(i, 'total'))::BIGINT * 10000 AS n_total
FROM (
    SELECT i, drawn(i, 'name') AS name, (hash(i, 'who') % $chances)::BIGINT AS chance
    FROM range(1, $events + 1) AS numbers(i)
) AS rows
JOIN chances USING (chance)
"""


def make(file: str, customers: int, events: int) -> dict[str, float]:
    """Write the warehouse; what it took, and how large it is."""
    Path(file).unlink(missing_ok=True)
    begun = time.perf_counter()
    with duckdb.connect(file) as warehouse:
        warehouse.execute(MACROS + TABLES)
        warehouse.execute(CUSTOMERS, {"customers": customers})
        warehouse.execute(CHANCES)
        (chances,) = warehouse.execute("SELECT count(*) FROM chances").fetchone() or (0,)
        warehouse.execute(EVENTS, {"events": events, "chances": chances})
    size = Path(file).stat().st_size / 1e6
    return {"seconds": time.perf_counter() - begun, "megabytes": size}


def ask(file: str, statement: str) -> dict[str, int]:
    """How many members each segment has."""
    asked = Path(statement).read_text(encoding="utf-8")
    counted = f"SELECT segment, count(*) FROM ({asked}) GROUP BY segment ORDER BY segment"
    with duckdb.connect(file, read_only=True) as warehouse:
        return dict(warehouse.execute(counted).fetchall())


if __name__ == "__main__":
    word, where, *rest = sys.argv[1:]
    answer = make(where, *map(int, rest)) if word == "make" else ask(where, *rest)
    print(json.dumps(answer))
