"""Starting a database server for tests, so that it ends with the tests whatever happens."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Sequence

_SET_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG
_STRANGERS_ENTER = 0o001


class ServerMissing(Exception):  # noqa: N818 (it is a state of this machine)
    """The server is not installed here; the message says how it would be."""


def account() -> dict[str, Any]:
    """Who runs a server: nobody when we are root, since servers refuse root; else ourselves."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def home() -> Iterator[Path]:
    """A new folder that belongs to the server's account; short, for the sake of its socket."""
    memory = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp")
    _sweep(memory)
    folder = Path(tempfile.mkdtemp(prefix=f"regulars-{os.getpid()}-", dir=memory))
    if who := account():
        os.chown(folder, who["user"], who["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(memory: Path) -> None:
    # A process that was killed ends its servers, but leaves their folders.
    for folder in memory.glob("regulars-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def readable(install: Path, folder: Path) -> Path:
    """``install`` itself, or a copy in ``folder`` when the server's account can't enter it."""
    places = [install, *install.resolve().parents]
    if not account() or all(place.stat().st_mode & _STRANGERS_ENTER for place in places):
        return install
    return Path(shutil.copytree(install, folder / install.name, symlinks=True))


def run(command: Sequence[str | Path], folder: Path) -> None:
    """Run a command of the server's to its end.

    Raises:
        RuntimeError: it failed; what it printed.
    """
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **account()
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, end: signal.Signals, answers: Callable[[], bool]
) -> Iterator[subprocess.Popen[bytes]]:
    """The server, from its first answer on; it is ended with ``end``, even if we are killed."""
    prctl = ctypes.CDLL(None).prctl
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for pytest, which then ends the server
            preexec_fn=lambda: prctl(_SET_DEATH_SIGNAL, end),  # noqa: PLW1509 (one call, no lock)
            **account(),
        )
    try:
        _await(server, folder, answers)
        yield server
    finally:
        server.send_signal(end)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(
    server: subprocess.Popen[bytes], folder: Path, answers: Callable[[], bool], seconds: float = 60
) -> None:
    deadline = time.monotonic() + seconds
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.02)
