"""The checks of a planned message, in their fixed order; the first that says no is the reason.

1. ``late``: it was due longer ago than the message's ``max_lateness``. Skipped.
2. ``exited``: its step is gone from the playbook, or the customer left the journey. Skipped.
3. ``suppressed``, ``consent``, ``unreachable``: no channel of ``via`` may be used. Skipped.
4. ``approval``: a person has to agree first. Held until they do, skipped if they don't.
5. ``quiet_hours``: it is night where the customer is. Held until it ends, or skipped.
6. ``cap``: the customer had as many as the caps allow. Held until there is room, or skipped.
7. ``holdout``: the customer is never written to. Skipped, and counted as if it had been sent.
8. ``duplicate``: the same step goes, or went within a day, to the same address. Skipped.

Transactional messages pass 5 to 7. The last is also put to what is held: of those who share an
address the first who may be written to is. What is held is decided anew by every run.

Then those who are written to are given their arms (``exposing.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .approvals import approval
from .candidates import gathered, write_down
from .caps import cap
from .duplicates import duplicate
from .exposing import expose_readers
from .holdout import holdout
from .quiet_hours import quiet_hours
from .routing import reach
from .standing import exited, late

if TYPE_CHECKING:
    from regulars.segments.scope import Scope
    from regulars.store import Store

CHECKS = (late, exited, reach, approval, quiet_hours, cap, holdout, duplicate)


def decide(store: Store, scope: Scope, run: int) -> None:
    """Check every planned and every held message, all at once.

    It keeps its place with a channel and an address, is held, or is skipped with a reason.
    """
    with store.transaction() as connection, gathered(connection, scope, run) as candidates:
        if candidates is None:
            return
        for check in CHECKS:
            check(connection, candidates)
        expose_readers(connection, candidates)
        write_down(connection, candidates)
