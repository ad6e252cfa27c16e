"""Suppressions: an address in any spelling, the strongest reason, nothing kept of the erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.customers.privacy.erased import Erased
from regulars.customers.suppressions import (
    address_key,
    erased_hashes,
    erased_key,
    reasons_against,
    suppress,
    suppress_erased,
)
from regulars.store import Store, tables
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = b"a secret of 32 bytes, or of more."


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    yield opened
    opened.close()


def rows(store: Store) -> dict[str | None, tuple[str, int]]:
    with store.reading() as connection:
        found = connection.execute(select(tables.suppressions)).all()
    return {row.address: (row.reason, row.at) for row in found}


def test_every_spelling_of_an_address_is_one_address() -> None:
    assert address_key("Ada@Example.COM") == address_key("ada@example.com")
    assert address_key("ada@example.com") != address_key("eve@example.com")
    assert len(address_key("ada@example.com")) == 16


def test_the_key_of_an_erased_address_depends_on_the_secret() -> None:
    keys = {erased_key(secret, "ada@example.com") for secret in (b"", b"one", b"two" * 30)}
    assert len(keys | {address_key("ada@example.com")}) == 4
    assert erased_key(b"one", "Ada@example.com") == erased_key(b"one", "ada@example.com")


def test_the_stronger_reason_stays_whichever_came_first(store: Store) -> None:
    with store.transaction() as connection:
        first = {"a@x.io": "bounce", "b@x.io": "unsubscribed", "c@x.io": "complaint"}
        assert suppress(connection, first, 1) == 3
        again = {"A@x.io": "complaint", "B@X.io": "bounce", "C@x.io": "complaint"}
        assert suppress(connection, again, 2) == 1
        assert suppress(connection, {"D@x.io": "unsubscribed", "d@x.io": "bounce"}, 3) == 1
    assert rows(store) == {
        "a@x.io": ("bounce", 1),
        "b@x.io": ("bounce", 2),
        "c@x.io": ("complaint", 1),
        "d@x.io": ("bounce", 3),
    }


def test_nothing_is_kept_of_an_erased_address_and_yet_it_is_known(store: Store) -> None:
    with store.transaction() as connection:
        assert not erased_hashes(connection)
        suppress(connection, {"ada@x.io": "complaint", "bob@x.io": "bounce"}, 1)
        suppress_erased(connection, SECRET, ["Ada@x.io", "ada@X.io"], 2)
        suppress_erased(connection, SECRET, ["ada@x.io"], 3)
        erased = Erased(erased_hashes(connection), SECRET)
        asked = ["ADA@x.io", "bob@x.io", "eve@x.io"]
        assert [address for address in asked if erased.has_address(address)] == ["ADA@x.io"]
        assert reasons_against(connection, asked) == {"bob@x.io": "bounce"}
    assert rows(store) == {None: ("erased", 2), "bob@x.io": ("bounce", 1)}


def test_thousands_of_addresses_are_suppressed_at_once(store: Store) -> None:
    many = {f"person{n}@x.io": "bounce" for n in range(1_234)}
    with store.transaction() as connection:
        assert suppress(connection, many, 1) == 1_234
        assert suppress(connection, many, 2) == 0
        assert suppress(connection, dict.fromkeys(many, "erased"), 3) == 1_234
    assert set(rows(store).values()) == {("erased", 3)}


def test_an_address_of_any_length_and_letters_can_be_suppressed(store: Store) -> None:
    odd = {"\N{LATIN SMALL LETTER SHARP S}" * 1000: "bounce", "Ω@x.io": "bounce", "": "bounce"}
    with store.transaction() as connection:
        assert suppress(connection, odd, 1) == 3
        assert len(reasons_against(connection, odd)) == 3
