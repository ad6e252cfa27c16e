"""The command line: one module a command, loaded when it is called."""

from __future__ import annotations

import atexit
import gc
import sys

_OBJECTS = 100_000  # made between two looks for cycles; a tenth of a command's start went there


def main() -> None:
    """Run ``regulars`` with the arguments of the process and exit with its status."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)  # the last look takes as long, and finds what goes anyway
    from .entry import run_command_line

    sys.exit(run_command_line(sys.argv[1:]))
