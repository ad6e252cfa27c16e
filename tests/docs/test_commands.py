"""The page of commands is the program's own help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_commands_says_what_the_help_says() -> None:
    """If this fails, run `make docs`."""
    script = "import sys; sys.path.insert(0, sys.argv[1]); import commands; print(commands.page())"
    made = subprocess.run(
        [sys.executable, "-c", script, str(DOCS)], capture_output=True, text=True, check=True
    )

    assert (DOCS / "commands.md").read_text(encoding="utf-8").split() == made.stdout.split()
