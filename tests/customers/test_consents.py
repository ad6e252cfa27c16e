"""Consents: the newest answer counts."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from regulars.customers.consents import answer
from regulars.store import Store, tables
from sqlalchemy import delete, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    Answer = tuple[int, str, str, bool, int]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    yield opened
    opened.close()


def said(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return sorted(tuple(row)[:5] for row in connection.execute(select(tables.consents)))


def test_the_newest_answer_counts_in_whatever_order_they_come(store: Store) -> None:
    answers: list[Answer] = [
        (1, "offers", "email", False, 20),
        (1, "offers", "email", True, 10),
        (1, "offers", "email", True, 20),
    ]
    for order in permutations(answers):
        for together in (True, False):
            with store.transaction() as connection:
                connection.execute(delete(tables.consents))
                for batch in [order] if together else [[one] for one in order]:
                    answer(connection, batch)
            assert said(store) == [(1, "offers", "email", 0, 20)]


def test_answers_about_other_topics_channels_and_customers_stay(store: Store) -> None:
    rows: list[Answer] = [
        (1, "", "", False, 5),
        (1, "offers", "", True, 5),
        (1, "offers", "email", True, 5),
        (2, "offers", "email", True, 5),
    ]
    with store.transaction() as connection:
        answer(connection, rows)
        answer(connection, [(1, "offers", "email", False, 6)])
        answer(connection, [])
    assert said(store) == [
        (1, "", "", 0, 5),
        (1, "offers", "", 1, 5),
        (1, "offers", "email", 0, 6),
        (2, "offers", "email", 1, 5),
    ]
