"""Commands of regulars in processes of their own, which may be killed.

Most are forked from a process that has imported everything already, which saves two seconds each;
``whole`` ones are started from nothing, as cron does.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from subprocess import Popen
from typing import TYPE_CHECKING

from regulars.cli.entry import run_command_line
from regulars.customers.traits import plan_traits
from regulars.delivery.deliver import deliver, recover
from regulars.hooks import RunInfo
from regulars.runs.loading import load_playbook
from regulars.segments.scope import Scope
from regulars.store import Store

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

KILLED = -9
NOW = datetime(2026, 8, 1, 9, tzinfo=UTC)
_PATIENCE = 120  # seconds
_context = get_context("forkserver")
_context.set_forkserver_preload(
    [
        "regulars.cli.entry",
        "regulars.runs.run",
        "alembic.command",
        "aiosmtpd.smtp",
        "psycopg",
        "pymysql",
    ]
    + [f"regulars_connectors.{name}" for name in ("csv", "jsonl", "parquet", "sql")]
    + [f"regulars_channels.{name}" for name in ("console", "outbox", "smtp")]
)


@dataclass(frozen=True)
class Command:
    """A command that runs; what it prints goes into the file ``said``."""

    process: Popen[bytes] | ForkServerProcess
    said: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        if isinstance(self.process, Popen):
            return self.process.poll() is None
        return self.process.is_alive()

    def kill(self) -> None:
        """As ``kill -9`` does."""
        self.process.kill()

    def wait(self) -> int:
        """Its exit status, negative when it was killed by that signal."""
        if isinstance(self.process, Popen):
            return self.process.wait(_PATIENCE)
        self.process.join(_PATIENCE)
        assert self.process.exitcode is not None, f"{self.said} goes on for ever"
        return self.process.exitcode

    def words(self) -> str:
        """What it printed."""
        return self.said.read_text()


def start(words: list[str], said: Path, die_at: str = "", *, whole: bool = False) -> Command:
    """Start ``regulars`` with these words."""
    if whole:
        command = [sys.executable, "-m", "regulars", *words]
        env = {**os.environ, "DIE_AT": die_at}
        with said.open("wb") as out:
            return Command(Popen(command, stdout=out, stderr=out, env=env), said)
    process = _context.Process(target=_run, args=(words, str(said), die_at), daemon=True)
    process.start()
    return Command(process, said)


def start_delivery(playbook: Path, said: Path) -> Command:
    """Start one delivery loop on the store of ``playbook``, past the lock that keeps runs apart."""
    process = _context.Process(target=_deliver, args=(playbook, str(said)), daemon=True)
    process.start()
    return Command(process, said)


def _deliver(playbook: Path, said: str) -> None:
    _into(said)
    loaded = load_playbook(playbook)
    store = Store.open(loaded.playbook.store)
    traits = plan_traits(loaded.playbook, loaded.plugins)
    store.fit(traits.shape)
    with store.reading() as connection:
        tables = store.tables
        scope = Scope.of(connection, loaded.playbook, loaded.plugins, traits, tables, NOW)
    recover(store, scope, 1)
    deliver(store, scope, RunInfo("loop", loaded.playbook.id, NOW), 1)
    store.close()


def _run(words: list[str], said: str, die_at: str) -> None:
    _into(said)
    os.environ["DIE_AT"] = die_at
    sys.exit(run_command_line(words))


def _into(said: str) -> None:
    with open(said, "wb") as out:  # noqa: PTH123 (its number is what is wanted)
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
