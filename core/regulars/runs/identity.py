"""A store belongs to one playbook: two clients' customers never meet by a mistyped URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from regulars.errors import StoreError
from regulars.store import tables

if TYPE_CHECKING:
    from regulars.store import Store


def belong_to(store: Store, playbook: str) -> None:
    """Mark a new store as ``playbook``'s; refuse one that is another's."""
    facts = tables.facts
    with store.transaction() as connection:
        owner = connection.scalar(select(facts.c.value).where(facts.c.name == "playbook"))
        if owner is None:
            connection.execute(insert(facts).values(name="playbook", value=playbook))
    if owner not in (None, playbook):
        raise StoreError(
            f"this store belongs to the playbook '{owner}', not to '{playbook}'; "
            "give each playbook a store of its own"
        )
