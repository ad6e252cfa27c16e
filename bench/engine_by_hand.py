"""The floor under segments: the twenty of engine.yaml by one statement that a person wrote.

    python bench/engine_by_hand.py STORE.db NOW

It reads the same store and counts the members; it keeps nothing, so nobody could say tomorrow who
came and who left. It is written twice: plainly, in one pass over the events, and as ours is, kind
by kind.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

DAYS = {"d7": 7, "d30": 30, "d60": 60, "d90": 90, "d180": 180, "y1": 365}  # no leap day in it
RADIUS = 6_371_008.8
IN_ONE_PASS = """
  SELECT customer,
    COUNT(*) FILTER (WHERE name = :order) AS orders,
    COUNT(*) FILTER (WHERE name = :order AND time > :d7) AS orders_7d,
    COUNT(*) FILTER (WHERE name = :order AND time > :d30) AS orders_30d,
    COUNT(*) FILTER (WHERE name = :order AND time > :d90) AS orders_90d,
    SUM(n_total) FILTER (WHERE name = :order) AS spend,
    SUM(n_total) FILTER (WHERE name = :order AND time > :y1) AS spend_1y,
    AVG(n_total) FILTER (WHERE name = :order) AS basket,
    COUNT(DISTINCT p_item) FILTER (WHERE name = :order) AS range,
    MIN(time) FILTER (WHERE name = :order) AS first_order,
    COUNT(*) FILTER (WHERE name = :visit) AS visits,
    MAX(time) FILTER (WHERE name = :visit) AS last_visit,
    COUNT(*) FILTER (WHERE name = :visit AND time > :d30) AS visits_30d,
    COUNT(*) FILTER (WHERE name = :cart AND time > :d7) AS carts_7d,
    COUNT(*) FILTER (WHERE name = :review) AS reviews,
    COUNT(*) FILTER (WHERE name = :support AND time > :d90) AS support_90d,
    COUNT(DISTINCT p_item) FILTER (WHERE name = :view AND time > :d30) AS viewed_30d
  FROM events WHERE time <= :now GROUP BY customer
"""
# The same numbers by somebody who knows that the index of events is ordered by their names.
BY_KIND = """
  SELECT id AS customer, spend, spend_1y, basket, first_order, last_visit,
    COALESCE(orders, 0) AS orders, COALESCE(orders_7d, 0) AS orders_7d,
    COALESCE(orders_30d, 0) AS orders_30d, COALESCE(orders_90d, 0) AS orders_90d,
    COALESCE(range, 0) AS range, COALESCE(visits, 0) AS visits,
    COALESCE(visits_30d, 0) AS visits_30d, COALESCE(viewed_30d, 0) AS viewed_30d,
    COALESCE(carts_7d, 0) AS carts_7d, COALESCE(reviews, 0) AS reviews,
    COALESCE(support_90d, 0) AS support_90d
  FROM customers
  LEFT JOIN (SELECT customer AS buyer, COUNT(*) AS orders,
      COUNT(*) FILTER (WHERE time > :d7) AS orders_7d,
      COUNT(*) FILTER (WHERE time > :d30) AS orders_30d,
      COUNT(*) FILTER (WHERE time > :d90) AS orders_90d,
      SUM(n_total) AS spend, SUM(n_total) FILTER (WHERE time > :y1) AS spend_1y,
      AVG(n_total) AS basket, COUNT(DISTINCT p_item) AS range, MIN(time) AS first_order
    FROM events WHERE name = :order AND time <= :now GROUP BY customer) o ON o.buyer = id
  LEFT JOIN (SELECT customer AS visitor, COUNT(*) AS visits, MAX(time) AS last_visit,
      COUNT(*) FILTER (WHERE time > :d30) AS visits_30d
    FROM events WHERE name = :visit AND time <= :now GROUP BY customer) v ON v.visitor = id
  LEFT JOIN (SELECT customer, COUNT(DISTINCT p_item) AS viewed_30d FROM events
    WHERE name = :view AND time <= :now AND time > :d30 GROUP BY customer) w ON w.customer = id
  LEFT JOIN (SELECT customer, COUNT(*) AS carts_7d FROM events
    WHERE name = :cart AND time <= :now AND time > :d7 GROUP BY customer) c ON c.customer = id
  LEFT JOIN (SELECT customer, COUNT(*) AS reviews FROM events
    WHERE name = :review AND time <= :now GROUP BY customer) r ON r.customer = id
  LEFT JOIN (SELECT customer, COUNT(*) AS support_90d FROM events
    WHERE name = :support AND time <= :now AND time > :d90 GROUP BY customer) s ON s.customer = id
"""
COUNTED = """
WITH made AS (
  {made}
), known AS (
  SELECT c.id, m.*,
    (c.x_home - :x) * (c.x_home - :x) + (c.y_home - :y) * (c.y_home - :y)
      + (c.z_home - :z) * (c.z_home - :z) <= :chord AS nearby,
    c.a_city = 'Portland' AND c.a_plan IN ('pro', 'team') AS portland_pro,
    (SELECT p_item FROM events e WHERE e.customer = c.id AND e.time <= :now AND e.name = :order
       AND p_item IS NOT NULL ORDER BY time DESC, id DESC LIMIT 1) = 'item3' AS bakers
  FROM customers c LEFT JOIN made m ON m.customer = c.id
), stands AS (
  SELECT *, orders_90d >= 4 AND COALESCE(spend_1y, 0) >= 100000000
    AND NOT (visits_30d >= 2 AND orders_30d = 0) AS best
  FROM known
), inside AS (
  SELECT id, COALESCE(orders >= 3 AND orders_90d = 0, 0) AS lapsed,
    COALESCE(orders_90d >= 1, 0) AS active, COALESCE(orders_90d >= 4, 0) AS regulars,
    COALESCE(spend >= 200000000, 0) AS big_spenders, COALESCE(basket > 50000000, 0) AS generous,
    COALESCE(range >= 5, 0) AS explorers,
    COALESCE(visits_30d >= 2 AND orders_30d = 0, 0) AS browsers,
    COALESCE(first_order > :d60, 0) AS newcomers, COALESCE(portland_pro, 0) AS portland_pro,
    COALESCE(best, 0) AS best, COALESCE(nearby, 0) AS nearby,
    COALESCE(carts_7d >= 1 AND orders_7d = 0, 0) AS abandoned,
    COALESCE(reviews >= 2, 0) AS reviewers,
    COALESCE(support_90d >= 2, 0) AS troubled,
    COALESCE(visits >= 1 AND last_visit <= :d180, 0) AS sleeping,
    COALESCE(orders, 0) = 0 AS strangers,
    COALESCE(viewed_30d >= 5 AND orders_90d = 0, 0) AS window_shoppers,
    COALESCE(bakers, 0) AS bakers, COALESCE(spend_1y >= 500000000, 0) AS yearly,
    COALESCE((best OR (spend >= 200000000 AND nearby)) AND NOT support_90d >= 2, 0) AS vip
  FROM stands
)
"""
NAMES = re.findall(r" AS (\w+)", COUNTED.partition("SELECT id,")[2])


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def words(connection: sqlite3.Connection, now: datetime) -> dict[str, float]:
    """What the statement's words mean in this store at this instant."""
    said: dict[str, float] = dict(connection.execute("SELECT name, id FROM event_names"))
    said |= {word: micros(now - timedelta(days=days)) for word, days in DAYS.items()}
    phi, theta = math.radians(45.52), math.radians(-122.68)
    said |= {"x": math.cos(phi) * math.cos(theta), "y": math.cos(phi) * math.sin(theta)}
    said |= {"z": math.sin(phi), "chord": (2 * math.sin(10_000 / (2 * RADIUS))) ** 2}
    return said | {"now": micros(now)}


def main() -> None:
    store, at = sys.argv[1:]
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA cache_size = -32000").close()
    known, told = words(connection, datetime.fromisoformat(at)), dict[str, Any]()
    sums = ", ".join(f"SUM({name})" for name in NAMES)
    for name, made in (("seconds", IN_ONE_PASS), ("by_kind_seconds", BY_KIND)):
        statement = f"{COUNTED.replace('{made}', made)} SELECT {sums} FROM inside"
        start = time.perf_counter()
        row = connection.execute(statement, known).fetchone()
        told[name] = time.perf_counter() - start
        members = dict(zip(NAMES, row, strict=True))
        if told.setdefault("members", members) != members:
            sys.exit(f"the two statements count otherwise: {members}, {told['members']}")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
