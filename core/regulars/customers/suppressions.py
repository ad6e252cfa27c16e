"""Suppressions: addresses that are not written to any more, whoever has them.

A row is found by a hash of the folded address. Of an erased person's address nothing but a hash
that is keyed with a secret is kept, so nobody who has the store alone can find out whose it was.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from regulars.store import insert_rows, tables
from regulars.store.folding import fold_text
from regulars.store.functions import fold
from regulars.store.tables import VALUE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Connection

REASONS = ("unsubscribed", "complaint", "bounce", "erased")  # the stronger one stays
STOPS_ALL = ("bounce", "erased")  # the others let transactional messages through
_AT_ONCE = 500
_COLUMNS = ("key", "address", "reason", "at")


def folded(address: str) -> str:
    """``address`` as it is kept and compared."""
    return fold_text(address)[:VALUE_LENGTH]


def address_key(address: str) -> bytes:
    """16 bytes, the same for every spelling of ``address``."""
    return _digest(address, b"")


def erased_key(secret: bytes, address: str) -> bytes:
    """16 bytes that tell nothing of ``address`` to whoever doesn't know ``secret``."""
    return _digest(address, blake2b(secret, digest_size=32, person=b"erased").digest())


def _digest(address: str, key: bytes) -> bytes:
    octets = folded(address).encode(errors="surrogatepass")
    return blake2b(octets, digest_size=16, key=key, person=b"suppression").digest()


def suppress(connection: Connection, reasons: Mapping[str, str], at: int) -> int:
    """Stop writing to each address for its reason; ``at`` is in microseconds.

    Where two reasons meet, the stronger stays. Returns how many addresses are new or have a
    stronger reason than before.
    """
    wanted: dict[bytes, tuple[str, str]] = {}
    for address, reason in reasons.items():
        key = address_key(address)
        _, before = wanted.get(key, ("", reason))
        wanted[key] = (folded(address), max(before, reason, key=REASONS.index))
    known = _known(connection, wanted)
    rows = [
        (key, address, reason, at)
        for key, (address, reason) in wanted.items()
        if key not in known or REASONS.index(reason) > REASONS.index(known[key])
    ]
    _delete(connection, [row[0] for row in rows])
    return insert_rows(connection, tables.suppressions, _COLUMNS, rows)


def suppress_erased(
    connection: Connection, secret: bytes, addresses: Iterable[str], at: int
) -> None:
    """Keep nothing of ``addresses`` but what it takes never to write to them again."""
    gone = list(addresses)
    keys = {erased_key(secret, address) for address in gone}
    _delete(connection, [address_key(address) for address in gone])
    rows = [(key, None, "erased", at) for key in sorted(keys)]
    insert_rows(connection, tables.suppressions, _COLUMNS, rows, skip_existing=True)


def reasons_against(
    connection: Connection, addresses: Iterable[str], secret: bytes | None
) -> dict[str, str]:
    """Those of ``addresses`` that are suppressed, each with its reason; for a batch of them.

    ``secret`` finds those that were erased.
    """
    asked = list(addresses)
    by_key = {address_key(address): folded(address) for address in asked}
    if secret is not None:
        by_key |= {erased_key(secret, address): folded(address) for address in asked}
    known = _known(connection, by_key)
    found = {by_key[key]: reason for key, reason in known.items()}
    return {a: found[folded(a)] for a in asked if folded(a) in found}


def suppressed(address: ColumnElement[str], *, transactional: bool) -> ColumnElement[bool]:
    """Whether the column's address may not be written to, but for erased ones."""
    suppressions = tables.suppressions
    query = select(suppressions.c.key).where(suppressions.c.address == fold(address))
    if transactional:
        query = query.where(suppressions.c.reason.in_(STOPS_ALL))
    return query.exists()


def erased_among(connection: Connection, secret: bytes, addresses: Iterable[str]) -> Iterator[str]:
    """Those of ``addresses`` that were erased, folded."""
    suppressions = tables.suppressions
    erased = select(suppressions.c.key).where(suppressions.c.address.is_(None))
    keys = frozenset(connection.scalars(erased))
    return (folded(a) for a in addresses if erased_key(secret, a) in keys)


def any_erased(connection: Connection) -> bool:
    """Whether addresses of erased persons are suppressed."""
    suppressions = tables.suppressions
    query = select(suppressions.c.key).where(suppressions.c.address.is_(None)).limit(1)
    return connection.scalar(query) is not None


def _known(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, str]:
    suppressions = tables.suppressions
    found: dict[bytes, str] = {}
    for some in _batches(keys):
        query = select(suppressions.c.key, suppressions.c.reason)
        rows = connection.execute(query.where(suppressions.c.key.in_(some)))
        found |= {bytes(row.key): row.reason for row in rows}
    return found


def _delete(connection: Connection, keys: Iterable[bytes]) -> None:
    suppressions = tables.suppressions
    for some in _batches(keys):
        connection.execute(delete(suppressions).where(suppressions.c.key.in_(some)))


def _batches(keys: Iterable[bytes]) -> Iterator[list[bytes]]:
    source = iter(keys)
    while batch := list(islice(source, _AT_ONCE)):
        yield batch
