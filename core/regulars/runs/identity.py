"""A store belongs to one playbook: two clients' customers never meet by a mistyped URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.errors import StoreError
from regulars.store.facts import get_fact, set_fact

if TYPE_CHECKING:
    from regulars.store import Store


def refuse_another(store: Store, playbook: str) -> None:
    """Refuse a store that belongs to another playbook than ``playbook``."""
    with store.reading() as connection:
        owner = get_fact(connection, "playbook")
    if owner not in (None, playbook):
        raise StoreError(
            f"this store belongs to the playbook '{owner}', not to '{playbook}'; "
            "give each playbook a store of its own"
        )


def belong_to(store: Store, playbook: str) -> None:
    """Mark the store as ``playbook``'s."""
    with store.transaction() as connection:
        if get_fact(connection, "playbook") is None:
            set_fact(connection, "playbook", playbook)
