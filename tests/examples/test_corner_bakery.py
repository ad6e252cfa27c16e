"""The Corner Bakery: its data comes from its script, and `init` starts from the same files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BAKERY = ROOT / "examples" / "corner-bakery"
STARTER = ROOT / "templates" / "regulars_templates" / "starters" / "corner-bakery"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder that belongs to it, by its path."""
    kept = [
        folder / "playbook.yaml",
        *(folder / "data").iterdir(),
        *(folder / "templates").iterdir(),
    ]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def test_the_script_makes_the_committed_data_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, BAKERY / "simulate.py", tmp_path], check=True)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in (BAKERY / "data").iterdir()}


def test_the_starter_is_the_example() -> None:
    """If this fails, run `make starter`."""
    assert contents(STARTER) == contents(BAKERY)


def test_the_data_stay_small() -> None:
    assert sum(len(content) for content in contents(STARTER).values()) < 1_000_000
