"""Holdout: a share of the customers is never written to, so that what messages bring shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, literal, select

from regulars.experiments import expose_to
from regulars.experiments.ghosts import IN
from regulars.playbook.policy import HOLDOUT
from regulars.store.tables import Name

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from .candidates import Candidates


def holdout(connection: Connection, candidates: Candidates) -> None:
    """``holdout``: all checks before let the message through, but the customer is held out.

    Both they (arm ``holdout``) and those who are written to (``in``) are exposed when it first
    mattered, so that the two are compared from the same moment on.
    """
    share = candidates.scope.playbook.policy.holdout
    if share is None:
        return
    table, shares = candidates.table, {HOLDOUT: share.share, IN: 1 - share.share}
    arm = case((table.c.held_out == 1, literal(HOLDOUT, Name)), else_=literal(IN, Name))
    mattered = select(table.c.customer, arm.label("arm")).where(candidates.open_marketing)
    expose_to(connection, HOLDOUT, shares, mattered, candidates.now)
    candidates.skip(connection, "holdout", candidates.marketing, table.c.held_out == 1)
