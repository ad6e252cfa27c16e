from __future__ import annotations

from regulars.store import Store


def test_a_store_is_made_and_opened_again(store_url: str) -> None:
    Store.open(store_url).close()
    Store.open(store_url).close()
