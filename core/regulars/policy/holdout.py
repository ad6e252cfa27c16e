"""Holdout: a share of the customers is never written to, so that what messages bring shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, false, literal, select

from regulars.customers.samples import sampled
from regulars.experiments import expose
from regulars.playbook.policy import HOLDOUT, HOLDOUT_SEED
from regulars.store.tables import Name

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from regulars.segments.scope import Scope

    from .candidates import Candidates


def held_out(scope: Scope) -> ColumnElement[bool]:
    """Whether a customer is held out; never NULL."""
    share = scope.playbook.policy.holdout
    if share is None:
        return false()
    return sampled(scope.tables.customers, HOLDOUT_SEED, share.share)


def holdout(connection: Connection, candidates: Candidates) -> None:
    """``holdout``: everything else let the message through, but the customer is held out.

    Both they (arm ``holdout``) and those who are written to (``in``) are exposed when it first
    mattered, so that the two are compared from the same moment on.
    """
    if candidates.scope.playbook.policy.holdout is None:
        return
    table = candidates.table
    arm = case((table.c.held_out == 1, literal("holdout", Name)), else_=literal("in", Name))
    mattered = select(table.c.customer, arm.label("arm")).where(candidates.open_marketing)
    expose(connection, HOLDOUT, mattered, candidates.now)
    candidates.skip(connection, "holdout", candidates.marketing, table.c.held_out == 1)
