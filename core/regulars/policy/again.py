"""The last look: between the plan and the sending a customer may have said no, or be gone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, false, func, or_, select

from regulars.customers.privacy.erased import Erased
from regulars.customers.suppressions import suppressed
from regulars.customers.zones import zone_name, zones_in_use
from regulars.store import tables

from .counting import attempted, counts
from .routing import consented
from .standing import left
from .windows import Windows, windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from regulars.segments.scope import Scope

_ledger = tables.deliveries


class LastLook:
    """The checks of ``checks.py`` that others may have changed since, for batches of claims."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        caps = scope.playbook.policy.caps
        by_calendar = any(isinstance(cap.per, str) for cap in caps)
        zones = zones_in_use(connection, scope.tables, scope.zone) if by_calendar else {}
        # Nobody is erased while a run goes on.
        self._erased = Erased.of(connection, scope.playbook)
        self._query = _query(scope, windows(caps, scope, zones))

    def refusals(self, connection: Connection, ids: Sequence[int]) -> dict[int, str]:
        """The deliveries among ``ids`` that must not go out any more, each with its reason."""
        rows = connection.execute(self._query, {"ids": list(ids)}).all()
        refused = {row.id: row.reason for row in rows if row.reason is not None}
        if self._erased is not None:
            addressed = [row for row in rows if row.address]
            gone = [row.id for row in addressed if self._erased.has_address(row.address)]
            refused |= dict.fromkeys(gone, "suppressed")
        return refused


def _query(scope: Scope, spans: Sequence[Windows]) -> Any:
    """The reason against each delivery, in the order of the checks; NULL where there is none."""
    customers = scope.tables.customers
    transactional = _ledger.c.message.in_(scope.playbook.transactional_messages())
    blocked = or_(
        suppressed(_ledger.c.address, transactional=True),
        and_(~transactional, suppressed(_ledger.c.address, transactional=False)),
    )
    reason = case(
        (left(_ledger), "exited"),
        (customers.c.id.is_(None), "unreachable"),
        (blocked, "suppressed"),
        (_unwanted(scope), "consent"),
        (and_(~transactional, or_(false(), *(_full(scope, span) for span in spans))), "cap"),
    )
    return (
        select(_ledger.c.id, _ledger.c.address, reason.label("reason"))
        .select_from(_ledger.outerjoin(customers, customers.c.id == _ledger.c.customer))
        .where(_ledger.c.id.in_(bindparam("ids", expanding=True)))
    )


def _unwanted(scope: Scope) -> ColumnElement[bool]:
    """Whether the customer doesn't agree to the message's topic on its channel."""
    parts: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for name, message in scope.playbook.messages.items():
        for channel in message.parts:
            parts[message.topic, channel].append(name)
    return or_(
        false(),
        *(
            and_(
                _ledger.c.channel == channel,
                _ledger.c.message.in_(names),
                ~consented(scope, names[0], channel),
            )
            for (_, channel), names in parts.items()
        ),
    )


def _full(scope: Scope, span: Windows) -> ColumnElement[bool]:
    """Whether so many others went that the cap has no room for the message any more.

    Of others that are claimed just now, those before it.
    """
    other, playbook = _ledger.alias("other"), scope.playbook
    others = select(func.count()).where(
        other.c.customer == _ledger.c.customer,
        or_(other.c.id < _ledger.c.id, other.c.state != "claimed"),
        other.c.id != _ledger.c.id,
        counts(span.cap, playbook, other),
        attempted(playbook, other, span.begins(zone_name(scope.tables, scope.zone))),
    )
    sent = others.correlate(_ledger, scope.tables.customers).scalar_subquery()
    return and_(counts(span.cap, playbook, _ledger), sent >= span.cap.at_most)
