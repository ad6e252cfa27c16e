"""A plugin file of a playbook: it ends its own process, as kill -9 does, at a chosen step of a run.

``DIE_AT=claimed:2`` in the environment dies right after the commit of the second claim. The steps
are seen from outside: in the hooks that any plugin has, and in what SQLAlchemy tells of statements
and transactions. Nothing in regulars knows of it.
"""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from typing import Any

from regulars.hooks import hookimpl
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

# What a transaction is about, by a statement in it; the second word is when it is committed.
TRANSACTIONS = {
    ("planning", "planned"): re.compile(r"INSERT INTO deliveries\b"),
    ("claiming", "claimed"): re.compile(r"UPDATE deliveries SET .*attempts ?\+"),
    ("settling", "settled"): re.compile(r"UPDATE deliveries SET .*provider_id="),
    ("committing", "committed"): re.compile(""),
}

_step, _, _number = os.environ.get("DIE_AT", "never:0").partition(":")
_seen: Counter[str] = Counter()


def reached(step: str) -> None:
    """This step has come once more; die if it is the one."""
    _seen[step] += 1
    if step == _step and _seen[step] == int(_number):
        os.kill(os.getpid(), signal.SIGKILL)


@event.listens_for(Engine, "before_cursor_execute")
def _statement(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.startswith(("INSERT", "UPDATE", "DELETE")):
        found = connection.info.setdefault("steps", {})
        found |= {step: None for step, words in TRANSACTIONS.items() if words.match(statement)}


@event.listens_for(Engine, "commit")
def _commit(connection: Any) -> None:
    for before, _ in connection.info.get("steps", ()):
        reached(before)


@event.listens_for(Pool, "checkin")
def _returned(_connection: Any, record: Any) -> None:
    for _, after in record.info.pop("steps", ()):
        reached(after)


@hookimpl
def regulars_run_started() -> None:
    """The run has its number."""
    reached("started")


@hookimpl
def regulars_prepare() -> None:
    """A message is composed."""
    reached("composed")


@hookimpl
def regulars_sent() -> None:
    """An answer is written down."""
    reached("announced")


@hookimpl
def regulars_run_finished() -> None:
    """Everything is done and the run is closed."""
    reached("finished")
