"""Suppressions: addresses that are not written to any more, whoever has them.

A row is found by a hash of the folded address. Of an erased person's address nothing but a hash
that is keyed with a secret is kept, so nobody who has the store alone can find out whose it was.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from regulars.batches import batches
from regulars.signing import derived
from regulars.store import insert_rows, tables
from regulars.store.folding import fold_text
from regulars.store.functions import fold
from regulars.stored import VALUE_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Connection

REASONS = ("unsubscribed", "complaint", "bounce", "erased")  # the stronger one stays
STOPS_ALL = ("bounce", "erased")  # the others let transactional messages through
_AT_ONCE = 500
_COLUMNS = ("key", "address", "reason", "at")


def folded(address: str) -> str:
    """``address`` as it is kept and compared."""
    return fold_text(address)[:VALUE_LENGTH]


def folded_column(address: ColumnElement[str]) -> ColumnElement[str]:
    """The same of a column."""
    return func.substr(fold(address), 1, VALUE_LENGTH)


def address_key(address: str) -> bytes:
    """16 bytes, the same for every spelling of ``address``."""
    return _digest(address, b"")


def erased_key(secret: bytes, address: str) -> bytes:
    """16 bytes that tell nothing of ``address`` to whoever doesn't know ``secret``."""
    return _digest(address, derived(secret, "erased addresses"))


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
    _delete(connection, [address_key(address) for address in gone])
    keep_hashes(connection, {erased_key(secret, address) for address in gone}, at)


def keep_hashes(connection: Connection, hashes: Iterable[bytes], at: int) -> None:
    """Know again whom these keyed hashes stand for, and nothing else of them."""
    rows = [(key, None, "erased", at) for key in sorted(hashes)]
    insert_rows(connection, tables.suppressions, _COLUMNS, rows, skip_existing=True)


def reasons_against(connection: Connection, addresses: Iterable[str]) -> dict[str, str]:
    """Those of ``addresses`` that are suppressed, but for erased ones, each with its reason."""
    keys = {address: address_key(address) for address in addresses}
    known = _known(connection, set(keys.values()))
    return {address: known[key] for address, key in keys.items() if key in known}


def suppressed(address: ColumnElement[str], *, transactional: bool) -> ColumnElement[bool]:
    """Whether the column's address may not be written to, but for erased ones."""
    suppressions = tables.suppressions
    query = select(func.count()).where(suppressions.c.address == fold(address))
    if transactional:
        query = query.where(suppressions.c.reason.in_(STOPS_ALL))
    # A count and no EXISTS: PostgreSQL would rather read the whole table than look one up.
    return query.correlate_except(suppressions).scalar_subquery() > 0


def erased_hashes(connection: Connection) -> frozenset[bytes]:
    """The keyed hashes of all who were erased: of their addresses, and of their ids."""
    suppressions = tables.suppressions
    query = select(suppressions.c.key).where(suppressions.c.address.is_(None))
    return frozenset(map(bytes, connection.scalars(query)))


def _known(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, str]:
    suppressions = tables.suppressions
    found: dict[bytes, str] = {}
    for some in batches(keys, _AT_ONCE):
        query = select(suppressions.c.key, suppressions.c.reason)
        rows = connection.execute(query.where(suppressions.c.key.in_(some)))
        found |= {bytes(row.key): row.reason for row in rows}
    return found


def _delete(connection: Connection, keys: Iterable[bytes]) -> None:
    suppressions = tables.suppressions
    for some in batches(keys, _AT_ONCE):
        connection.execute(delete(suppressions).where(suppressions.c.key.in_(some)))
