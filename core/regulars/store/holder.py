"""Who holds a lock, in words."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime


def describe_me() -> str:
    """This process as ``process 4711 on shop-1 since 2026-11-30 09:00:00 UTC``."""
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"process {os.getpid()} on {socket.gethostname()} since {since}"
