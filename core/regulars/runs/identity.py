"""A store belongs to one playbook: two clients' customers never meet by a mistyped URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.errors import StoreError
from regulars.store.facts import get_fact, set_fact

if TYPE_CHECKING:
    from regulars.store import Store


def belong_to(store: Store, playbook: str) -> None:
    """Mark a new store as ``playbook``'s; refuse one that is another's."""
    with store.transaction() as connection:
        owner = get_fact(connection, "playbook")
        if owner is None:
            set_fact(connection, "playbook", playbook)
    if owner not in (None, playbook):
        raise StoreError(
            f"this store belongs to the playbook '{owner}', not to '{playbook}'; "
            "give each playbook a store of its own"
        )
