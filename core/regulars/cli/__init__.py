"""The command line: one module a command, loaded when it is called."""

from __future__ import annotations

import sys


def main() -> None:
    """Run ``regulars`` with the arguments of the process and exit with its status."""
    from .entry import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))
