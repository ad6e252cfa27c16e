"""Resolving: which delivery, and which customer, each report of a batch is about.

One query for each way in which a message can be named, whatever the size of the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from regulars.delivery.keys import delivery_key
from regulars.messages.link_tokens import Token, read
from regulars.store import insert_rows, tables
from regulars.store.functions import fold, fold_text

from .reports import Refused, key_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from regulars.store import Store

    from .reports import Report

_NOT_OURS = Refused("the token is none of this playbook's")
_UNKNOWN = Refused("no message that was sent is known by that name")
_AMBIGUOUS = Refused("several messages have that provider_id; give the delivery instead")
_GONE = Refused("the customer was removed")
_LEARNT_AT_ONCE = 50_000  # deliveries

_ledger = tables.deliveries


@dataclass(frozen=True)
class Target:
    """What a report is about: a customer, and the row of the delivery unless only a token says."""

    customer: int
    delivery: Any = None
    token: Token | None = None


def learn_keys(store: Store, playbook: str) -> None:
    """Write down the keys of deliveries that were planned since feedback last asked for them.

    A run doesn't have to: everything that a key is made of is in the ledger.
    """
    while True:
        with store.transaction() as connection:
            rows = connection.execute(_unlearnt()).all()
            keys = sorted(  # an index takes keys in their order far faster
                (bytes.fromhex(delivery_key(playbook, j, s, customer, entry, str(at))), number)
                for number, j, s, customer, entry, at in rows
            )
            insert_rows(
                connection, tables.delivery_keys, ("key", "delivery"), keys, skip_existing=True
            )
        if len(rows) < _LEARNT_AT_ONCE:
            return


def _unlearnt() -> Select[Any]:
    """The next deliveries that may be sent, with what their keys are made of."""
    customers, entries, learnt = tables.customers, tables.entries, tables.delivery_keys
    last = select(func.coalesce(func.max(learnt.c.delivery), 0)).scalar_subquery()
    return (
        select(
            _ledger.c.id,
            _ledger.c.journey,
            _ledger.c.step,
            customers.c.key,
            entries.c.key,
            _ledger.c.occurred_at,
        )
        .join_from(_ledger, customers, customers.c.id == _ledger.c.customer)
        .join(entries, entries.c.id == _ledger.c.entry)
        .where(_ledger.c.id > last, _ledger.c.state != "skipped")
        .order_by(_ledger.c.id)
        .limit(_LEARNT_AT_ONCE)
    )


def resolve(
    connection: Connection, reports: Sequence[Report], key: bytes
) -> list[Target | Refused]:
    """What each of ``reports`` is about, or why nobody knows; ``key`` is the playbook's."""
    tokens = [read(key, report.token) if report.token else None for report in reports]
    book = _Book(connection, reports, [token for token in tokens if token is not None])
    return [book.target(*pair) for pair in zip(reports, tokens, strict=True)]


class _Book:
    """What the store knows of the names that a batch of reports gives."""

    def __init__(
        self, connection: Connection, reports: Sequence[Report], tokens: Sequence[Token]
    ) -> None:
        names = [r.delivery for r in reports] + [t.delivery for t in tokens]
        self._keys = _by_key(connection, {k for k in map(key_in, names) if k is not None})
        self._provider = _by_provider(connection, {r.provider_id for r in reports} - {None})
        to = {fold_text(r.address) for r in reports if r.address and not _is_better_known(r)}
        self._latest = _by_address(connection, to)
        self._customers = _customers(connection, {t.customer for t in tokens})
        wanted = {n for ids in self._provider.values() for n in ids}
        wanted |= {*self._keys.values(), *self._latest.values()}
        self._rows = _deliveries(connection, wanted)

    def target(self, report: Report, token: Token | None) -> Target | Refused:
        if report.delivery:
            return self._sent(self._keys.get(key_in(report.delivery) or b""))
        if report.provider_id:
            numbers = self._provider.get(report.provider_id, ())
            return _AMBIGUOUS if len(numbers) > 1 else self._sent(next(iter(numbers), None))
        if report.token:
            return _NOT_OURS if token is None else self._linked(token)
        address = fold_text(report.address or "")
        return self._sent(self._latest.get((address, report.channel or "")))

    def _sent(self, number: int | None) -> Target | Refused:
        row = self._rows.get(number or 0)
        if row is None:
            return _UNKNOWN
        return _GONE if row.key is None else Target(row.customer, row)

    def _linked(self, token: Token) -> Target | Refused:
        """The customer counts: the message may have been sent from a store that is lost."""
        customer = self._customers.get(token.customer)
        if customer is None:
            return _GONE
        row = self._rows.get(self._keys.get(key_in(token.delivery) or b"", 0))
        return Target(customer, row if row and row.customer == customer else None, token)


def _is_better_known(report: Report) -> bool:
    return bool(report.delivery or report.provider_id or report.token)


def _by_key(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, int]:
    known = tables.delivery_keys
    wanted = list(keys)
    if not wanted:
        return {}
    rows = connection.execute(select(known).where(known.c.key.in_(wanted)))
    return {bytes(row.key): row.delivery for row in rows}


def _by_provider(connection: Connection, names: Iterable[str | None]) -> dict[str, set[int]]:
    wanted = [name for name in names if name]
    found: dict[str, set[int]] = {}
    if wanted:
        query = select(_ledger.c.provider_id, _ledger.c.id)
        for name, number in connection.execute(query.where(_ledger.c.provider_id.in_(wanted))):
            found.setdefault(name, set()).add(number)
    return found


def _by_address(connection: Connection, addresses: Iterable[str]) -> dict[tuple[str, str], int]:
    """The latest attempt to each folded address, on each channel and ('') on any."""
    wanted = list(addresses)
    if not wanted:
        return {}
    to: ColumnElement[str] = fold(_ledger.c.address)
    query = (
        select(to, _ledger.c.channel, func.max(_ledger.c.id))
        .where(to.in_(wanted), _ledger.c.attempts > 0)
        .group_by(to, _ledger.c.channel)
    )
    found: dict[tuple[str, str], int] = {}
    for address, channel, number in connection.execute(query):
        for where in (channel, ""):
            found[address, where] = max(number, found.get((address, where), 0))
    return found


def _customers(connection: Connection, keys: Iterable[str]) -> Mapping[str, int]:
    customers, wanted = tables.customers, list(keys)
    if not wanted:
        return {}
    query = select(customers.c.key, customers.c.id).where(customers.c.key.in_(wanted))
    return {key: number for key, number in connection.execute(query)}  # noqa: C416 (rows)


def _deliveries(connection: Connection, numbers: Iterable[int]) -> dict[int, Any]:
    """The deliveries with these numbers that were attempted, and whose customers are there."""
    customers, wanted = tables.customers, list(numbers)
    if not wanted:
        return {}
    names = ("id", "journey", "step", "customer", "message", "channel", "address", "settled_at")
    query = (
        select(*(_ledger.c[name] for name in names), customers.c.key)
        .join_from(_ledger, customers, customers.c.id == _ledger.c.customer, isouter=True)
        .where(_ledger.c.id.in_(wanted), _ledger.c.attempts > 0)
    )
    return {row.id: row for row in connection.execute(query)}
