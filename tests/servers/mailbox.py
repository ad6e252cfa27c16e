"""A mail server in a process of its own, which keeps what it accepts whatever happens to others.

Before it answers 250 it has written the Message-ID and the recipient into a file and to the disk.
What a recipient is called says what becomes of the mail: ``busy…`` is told 451, ``nobody…`` 550,
of ``cut…`` the mail is kept and the connection dropped without an answer; others are accepted.

It can kill a client: the file ``victim`` holds ``<pid> <mail> <before|after>``, and that process
ends when that many mails have come, just before or just after the last is kept.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

KEPT, VICTIM = "kept", "victim"
_context = get_context("forkserver")


@dataclass(frozen=True)
class Mailbox:
    """A running server; ``folder`` is where it keeps its mail."""

    folder: Path
    port: int

    def kept(self) -> list[tuple[str, str]]:
        """Message-ID and recipient of every mail that was accepted, in their order."""
        lines = (self.folder / KEPT).read_text().splitlines()
        return [(ident, to) for ident, _, to in (line.partition(" ") for line in lines)]

    def kill(self, pid: int, mail: int, when: str) -> None:
        """Kill the process ``pid`` when ``mail`` mails have come, ``before`` or ``after`` it."""
        draft = self.folder / "draft"
        draft.write_text(f"{pid} {mail} {when}")
        draft.rename(self.folder / VICTIM)


@contextmanager
def mailbox(folder: Path) -> Iterator[Mailbox]:
    """A server on a free port of this machine; it ends with us."""
    folder.mkdir(parents=True)
    (folder / KEPT).touch()
    ours, theirs = _context.Pipe()
    server = _context.Process(target=_main, args=(folder, theirs), daemon=True)
    server.start()
    theirs.close()
    try:
        yield Mailbox(folder, ours.recv())
    finally:
        server.kill()
        server.join()
        ours.close()


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self.victim = folder / VICTIM
        self.file = os.open(folder / KEPT, os.O_WRONLY | os.O_APPEND)
        self.came = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's word)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        if recipient.startswith("busy"):
            return "451 4.3.0 later, please"
        self.came += 1
        self._strike("before")
        ident = message_from_bytes(envelope.content)["Message-ID"]
        os.write(self.file, f"{ident} {recipient}\n".encode())
        os.fsync(self.file)
        self._strike("after")
        if recipient.startswith("cut"):
            server.transport.abort()
        return "250 2.0.0 kept"

    def _strike(self, now: str) -> None:
        try:
            pid, mail, when = self.victim.read_text().split()
        except FileNotFoundError:
            return
        if self.came >= int(mail) and when == now:
            self.victim.unlink()
            os.kill(int(pid), signal.SIGKILL)


async def _serve(folder: Path, parent: Connection) -> None:
    keeper = _Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mailbox.example", loop=loop), "127.0.0.1", 0
    )
    parent.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _end_with(parent: Connection) -> None:
    parent.poll(None)  # it says nothing until it is gone
    os._exit(0)


def _main(folder: Path, parent: Connection) -> None:
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    asyncio.run(_serve(folder, parent))
