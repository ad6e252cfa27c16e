"""Unlearning: what models learned of those who are erased goes with them.

An item that they alone bought, or a word that they alone wrote, may stand in what a model learned
from everybody. Nobody can take one customer out of that again, so all of it is deleted, and models
learn anew from those who are left.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from regulars.store import get_fact, set_fact
from regulars.store.tables import models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_LAST = "models.last_deleted"


def unlearn(connection: Connection) -> None:
    """Delete every version of every model in this transaction."""
    newest = select(models.c.name, func.max(models.c.version)).group_by(models.c.name)
    numbers = {row[0]: row[1] for row in connection.execute(newest)}
    if numbers:
        set_fact(connection, _LAST, json.dumps({**_last(connection), **numbers}, sort_keys=True))
        connection.execute(delete(models))


def last_unlearned(connection: Connection, name: str) -> int:
    """The number of the newest version of the model ``name`` that was deleted so; 0 if none was."""
    return _last(connection).get(name, 0)


def _last(connection: Connection) -> Mapping[str, int]:
    kept: Mapping[str, int] = json.loads(get_fact(connection, _LAST) or "{}")
    return kept
