"""Customer loading: profiles of one source into the store, by a few statements for all of them.

Rows wait in a temporary table until the source's columns change or it ends. Of a customer who
comes more than once the last row counts. Only the columns that the source has are changed.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    SmallInteger,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from regulars.customers.touching import touch
from regulars.store import insert_from, insert_rows, tables, temporary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack

    from sqlalchemy import Connection, Table

    from .customer_rows import CustomerRows
    from .left_out import LeftOut

_MERGED = 10_000  # rows in memory


class CustomerLoading:
    """Loads profiles; ``at`` is when a consent was said, in microseconds.

    ``waiting`` has the rows that wait.
    """

    last_counts = True

    def __init__(
        self,
        connection: Connection,
        customers: Table,
        at: int,
        left_out: LeftOut,
        waiting: ExitStack,
    ) -> None:
        self.left_out = left_out
        self._connection, self._customers, self._at = connection, customers, at
        self._waiting = waiting
        self._staged: Staged | None = None
        self._changed = 0

    def add(self, rows: CustomerRows) -> None:
        """Let the rows wait; write those before them if they have other columns."""
        rows = self.left_out.profiles(rows)
        if self._staged is None or not self._staged.fits(rows):
            self._write()
            self._staged = Staged(self._connection, self._customers, rows, self._waiting)
        self._staged.add(rows)

    def finish(self) -> int:
        """Write what waits; how many customers are new or really changed."""
        self._write()
        return self._changed

    def _write(self) -> None:
        if self._staged is not None:
            self._changed += self._staged.write(self._at)
            self._waiting.close()
        self._staged = None


class Staged:
    """Rows with the same columns, in a temporary table."""

    def __init__(
        self, connection: Connection, customers: Table, like: CustomerRows, stack: ExitStack
    ) -> None:
        self._connection, self._customers = connection, customers
        self._shape = _shape(like)
        self._columns = [*like.columns, *(["extra"] if like.extra is not None else [])]
        self._extra_fields = like.extra_fields
        self._consents = {f"consent_{n}": pair for n, pair in enumerate(like.consents)}
        self._identities = {f"identity_{n}": kind for n, kind in enumerate(like.identities)}
        self._names = ["seq", "key", *self._columns, *self._consents, *self._identities]
        self._table = stack.enter_context(
            temporary(connection, "staged_customers", *self._definitions())
        )
        self._numbers = count()

    def _definitions(self) -> Iterator[Column[Any]]:
        yield Column("key", tables.Name, primary_key=True)
        yield Column("seq", BigInteger, primary_key=True, autoincrement=False)
        for name in self._columns:
            yield Column(name, self._customers.c[name].type)
        for name in self._consents:
            yield Column(name, SmallInteger)
        for name in self._identities:
            yield Column(name, tables.Name)

    def fits(self, rows: CustomerRows) -> bool:
        """Whether ``rows`` have the columns that wait here."""
        return _shape(rows) == self._shape

    def add(self, rows: CustomerRows) -> None:
        """Let ``rows`` wait."""
        extra = [] if rows.extra is None else [rows.extra]
        columns = [rows.keys, *rows.columns.values(), *extra]
        columns += [*rows.consents.values(), *rows.identities.values()]
        numbered = zip(self._numbers, *columns, strict=False)
        insert_rows(self._connection, self._table, self._names, numbered)

    def write(self, at: int) -> int:
        """Bring the store up to date; how many customers are new or really changed."""
        self._keep_last()
        if self._extra_fields:
            self._merge_extra()
        changed = self._update() + self._insert()
        for name, (topic, channel) in self._consents.items():
            self._consent(name, topic, channel, at)
        for name, kind in self._identities.items():
            self._identify(name, kind)
        return changed

    def _keep_last(self) -> None:
        staged = self._table
        rows = select(func.count(), func.count(staged.c.key.distinct())).select_from(staged)
        total, different = self._connection.execute(rows).one()
        if total > different:
            last = select(func.max(staged.c.seq)).group_by(staged.c.key).subquery("last")
            kept = select(last.c[0])
            self._connection.execute(delete(staged).where(staged.c.seq.not_in(kept)))

    def _merge_extra(self) -> None:
        """Fields that other sources put into ``extra`` stay."""
        staged, customers = self._table, self._customers
        both = select(staged.c.seq, staged.c.extra, customers.c.extra.label("before")).where(
            staged.c.key == customers.c.key,
            customers.c.extra.is_not(None),
            customers.c.extra.is_distinct_from(staged.c.extra),
            staged.c.seq > bindparam("last"),
        )
        page, last = both.order_by(staged.c.seq).limit(_MERGED), -1
        while rows := self._connection.execute(page, {"last": last}).all():
            last = rows[-1].seq
            merged = [{"at": row.seq, "new": self._merged(row.before, row.extra)} for row in rows]
            change = update(staged).where(staged.c.seq == bindparam("at"))
            self._connection.execute(change.values(extra=bindparam("new")), merged)

    def _merged(self, before: str, new: str | None) -> str | None:
        kept = {n: v for n, v in json.loads(before).items() if n not in self._extra_fields}
        merged = kept | json.loads(new or "{}")
        return json.dumps(merged, ensure_ascii=False, sort_keys=True) if merged else None

    def _update(self) -> int:
        if not self._columns:
            return 0
        staged, customers = self._table, self._customers
        differ = [customers.c[n].is_distinct_from(staged.c[n]) for n in self._columns]
        others = (customers.c.key == staged.c.key, or_(*differ))
        touch(self._connection, select(customers.c.id).where(*others))
        change = update(customers).where(*others)
        values = {n: staged.c[n] for n in self._columns}
        return self._connection.execute(change.values(values)).rowcount

    def _insert(self) -> int:
        staged, customers = self._table, self._customers
        known = exists().where(customers.c.key == staged.c.key)
        names = ["key", *self._columns]
        new = select(*(staged.c[n] for n in names)).where(~known).order_by(staged.c.seq)
        return insert_from(self._connection, customers, names, new)

    def _consent(self, name: str, topic: str, channel: str, at: int) -> None:
        """Write down what is another answer than before; what a reader said since then stays."""
        staged, customers, consents = self._table, self._customers, tables.consents
        said, told = staged.c[name], consents.c.told
        about = (consents.c.topic == topic, consents.c.channel == channel)
        whose = (customers.c.key == staged.c.key, said.is_not(None))
        theirs = (*whose, customers.c.id == consents.c.customer)
        self._touch(whose, about, said)
        answer = select(said).where(*theirs).scalar_subquery()
        change = update(consents).where(*about)
        another = change.where(exists().where(*theirs, said != told))
        self._connection.execute(another.values(granted=answer, at=at, told=answer))
        # A reader spoke before any source did, and not of what this one knows.
        first = change.where(told.is_(None), exists().where(*theirs))
        self._connection.execute(first.values(told=answer))
        columns = ["customer", "topic", "channel", "granted", "at", "told"]
        new = select(customers.c.id, literal(topic), literal(channel), said, literal(at), said)
        known = exists().where(consents.c.customer == customers.c.id, *about)
        insert_from(self._connection, consents, columns, new.where(*whose, ~known))

    def _touch(self, whose: Sequence[Any], about: Sequence[Any], said: Column[Any]) -> None:
        """Mark those whose answer is another than before; of new customers all is new anyway."""
        customers, consents = self._customers, tables.consents
        same = exists().where(
            consents.c.customer == customers.c.id, consents.c.told == said, *about
        )
        computed = customers.c.id.in_(select(tables.traits.c.customer))
        touch(self._connection, select(customers.c.id).where(*whose, computed, ~same))

    def _identify(self, name: str, kind: str) -> None:
        staged, customers, identities = self._table, self._customers, tables.identities
        value = staged.c[name]
        other = exists().where(
            customers.c.key == staged.c.key,
            customers.c.id == identities.c.customer,
            value.is_distinct_from(identities.c.value),
        )
        self._connection.execute(delete(identities).where(identities.c.kind == kind, other))
        known = exists().where(
            identities.c.kind == kind,
            identities.c.value == value,
            identities.c.customer == customers.c.id,
        )
        new = select(literal(kind), value, customers.c.id)
        new = new.where(customers.c.key == staged.c.key, value.is_not(None), ~known)
        insert_from(self._connection, identities, ["kind", "value", "customer"], new)


def _shape(rows: CustomerRows) -> tuple[object, ...]:
    return (
        tuple(rows.columns),
        rows.extra is None,
        rows.extra_fields,
        tuple(rows.consents),
        tuple(rows.identities),
    )
