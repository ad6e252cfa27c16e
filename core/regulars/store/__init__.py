"""The store: tables, dialects, transactions, bulk loads, migrations."""

from __future__ import annotations

from regulars.store.bulk import (
    insert_from,
    insert_rows,
    know_size,
    temporary,
    update_from,
    update_rows,
)
from regulars.store.facts import (
    event_code,
    get_fact,
    of_any_name,
    rolled_up_until,
    set_fact,
    set_rolled_up_until,
)
from regulars.store.schema import Shape, Tables
from regulars.store.store import Store, hold, rehearse
from regulars.store.turns import write_events_in_turn

__all__ = [
    "Shape",
    "Store",
    "Tables",
    "event_code",
    "get_fact",
    "hold",
    "insert_from",
    "insert_rows",
    "know_size",
    "of_any_name",
    "rehearse",
    "rolled_up_until",
    "set_fact",
    "set_rolled_up_until",
    "temporary",
    "update_from",
    "update_rows",
    "write_events_in_turn",
]
