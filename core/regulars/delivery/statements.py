"""The ledger's statements, built once: SQLAlchemy takes longer to build one than to run it."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from regulars.store import tables

_ledger, _entries = tables.deliveries, tables.entries
_mine = (_ledger.c.state == "claimed") & (_ledger.c.owner == bindparam("me"))
_these = _ledger.c.id.in_(bindparam("ids", expanding=True))

PLANNED = (
    select(_ledger.c.id)
    .where(_ledger.c.state == "planned", _ledger.c.id > bindparam("after"))
    .order_by(_ledger.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

CLAIM = (
    update(_ledger)
    .where(_these)
    .values(
        state="claimed",
        owner=bindparam("me"),
        lease_until=bindparam("until"),
        fence=_ledger.c.fence + 1,
        attempts=_ledger.c.attempts + 1,
    )
)

CLAIMED = (
    select(
        *(_ledger.c[name] for name in ("id", "fence", "journey", "step", "customer")),
        *(_ledger.c[name] for name in ("message", "channel", "address", "occurred_at")),
        _entries.c.key,
        _entries.c.event,
    )
    .join_from(_ledger, _entries, _entries.c.id == _ledger.c.entry, isouter=True)
    .where(_these)
    .order_by(_ledger.c.id)
)

RENEW = update(_ledger).where(_mine).values(lease_until=bindparam("until"))

HELD = select(_ledger.c.id, _ledger.c.fence).where(_mine, _these)

SETTLE = (
    update(_ledger)
    .where(_mine, _ledger.c.id == bindparam("claim"), _ledger.c.fence == bindparam("held"))
    .values(
        state=bindparam("state"),
        reason=bindparam("reason"),
        detail=bindparam("detail"),
        provider_id=bindparam("provider_id"),
        decided_by=bindparam("decided_by"),
        settled_at=bindparam("settled_at"),
        attempts=_ledger.c.attempts - bindparam("untried"),
        owner=None,
        lease_until=None,
    )
)

STANDING = select(_ledger.c.id, _ledger.c.fence, _ledger.c.state).where(_these)

BEHIND = (
    select(_ledger.c.customer, _entries.c.event)
    .join_from(_ledger, _entries, _entries.c.id == _ledger.c.entry)
    .where(_ledger.c.state == "planned", _ledger.c.id > bindparam("after"))
    .order_by(_ledger.c.id)
    .limit(bindparam("most"))
)
