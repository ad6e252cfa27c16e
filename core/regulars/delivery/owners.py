"""Owners: who claimed a message, and whether that process is still alive.

An owner is ``host/kernel:pid:start:token``. The kernel's boot and the process's namespace are in
it, so that equal host names of two machines or containers are not taken for one another; the
token tells two deliveries of one process apart.
"""

from __future__ import annotations

import os
import socket
import subprocess
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex


def me() -> str:
    """A new owner in this process."""
    pid = os.getpid()
    return f"{_here()}:{pid}:{_started(pid) or '-'}:{token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Whether ``owner`` ran here and its process certainly ended; False when nobody can tell."""
    try:
        here, pid, started, _ = owner.rsplit(":", 3)
        number = int(pid)
    except ValueError:
        return False
    return here == _here() and started not in ("-", _started(number))


@lru_cache(maxsize=1)
def _here() -> str:
    kernel = b""
    for fact in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        path = Path(fact)
        try:
            kernel += path.readlink().__bytes__() if path.is_symlink() else path.read_bytes()
        except OSError:
            continue
    return f"{socket.gethostname()[:60]}/{blake2b(kernel, digest_size=4).hexdigest()}"


def _started(pid: int) -> str | None:
    """When the process began, in its system's own words; None when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            state, *fields = stat.read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            return None
        return None if state in "ZX" else fields[18]
    return _asked(pid)


def _asked(pid: int) -> str | None:
    """The same where there is no ``/proc``, by asking ``ps``."""
    try:
        answer = subprocess.run(  # noqa: S603 (a number alone is passed)
            ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, check=False
        )
    except OSError:
        return "unknown"
    return answer.stdout.decode(errors="replace").strip().replace(":", ".") or None
