"""Those who were erased: recognised by a keyed hash, so that they don't come back.

The hash of an address stops messages to it; the one of the client's id keeps rows of sources out.
Whoever has the store alone can't find out whose they are.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from regulars.customers.suppressions import erased_hashes, erased_key
from regulars.errors import StoreError
from regulars.signing import derived, signing_key
from regulars.store import get_fact, set_fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from regulars.playbook.playbook import Playbook

NOBODY = 0  # the number that stands for an erased customer
_KEY = "erased.key"
_PURPOSE = "erased customers"


class Erased:
    """The hashes of everybody who was erased, under ``secret``."""

    def __init__(self, hashes: frozenset[bytes], secret: bytes) -> None:
        self._hashes = hashes
        self._secret = secret
        self._key = derived(secret, _PURPOSE)

    @classmethod
    def of(cls, connection: Connection, playbook: Playbook) -> Erased | None:
        """Those who were erased from the store of ``playbook``; None if nobody was.

        Raises:
            StoreError: the key is another one, so they could not be recognised.
        """
        hashes = erased_hashes(connection)
        if not hashes:
            return None
        secret = signing_key(playbook, make=False)
        check_key(connection, secret)
        return cls(hashes, secret)

    def __contains__(self, customer: str) -> bool:
        """Whether the customer with this id was erased; an id may be an address."""
        if _hashed(self._key, customer) in self._hashes:
            return True
        return _may_be_address(customer) and self.has_address(customer)

    def has_address(self, address: str) -> bool:
        """Whether it was the address of somebody who was erased."""
        return erased_key(self._secret, address) in self._hashes

    def among(self, customers: Iterable[str]) -> frozenset[str]:
        """Those of the ids whose customers were erased."""
        return frozenset(customer for customer in customers if customer in self)


def customer_key(secret: bytes, customer: str) -> bytes:
    """16 bytes that tell nothing of the id ``customer`` to whoever doesn't know ``secret``."""
    return _hashed(derived(secret, _PURPOSE), customer)


def check_key(connection: Connection, secret: bytes) -> None:
    """See that ``secret`` is the one under which people were erased before.

    Raises:
        StoreError: it is another one.
    """
    known = get_fact(connection, _KEY)
    if known is not None and known != _mark(secret):
        raise StoreError(
            "people were erased from this store under another key, and with the one that is there "
            "now they can't be recognised: put the key back (links.key of the playbook, or the "
            "key file of the store). If it is lost for good, begin a new store and erase them there"
        )


def remember_key(connection: Connection, secret: bytes) -> None:
    """Note under which key people are erased; see ``check_key``."""
    check_key(connection, secret)
    set_fact(connection, _KEY, _mark(secret))


def _mark(secret: bytes) -> str:
    return customer_key(secret, "").hex()  # no customer's id is empty


def _hashed(key: bytes, customer: str) -> bytes:
    return blake2b(customer.encode(), digest_size=16, key=key).digest()


def _may_be_address(customer: str) -> bool:
    return "@" in customer or customer.startswith("+")
