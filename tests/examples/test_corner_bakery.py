"""The Corner Bakery: its data comes from its script, and `init` starts from the same files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
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


def regulars(*arguments: str) -> str:
    command = [sys.executable, "-m", "regulars", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_script_makes_the_committed_data_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, BAKERY / "simulate.py", tmp_path], check=True)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in (BAKERY / "data").iterdir()}


def test_the_starter_is_the_example() -> None:
    """If this fails, run `make starter`."""
    assert contents(STARTER) == contents(BAKERY)


def test_the_data_stay_small() -> None:
    assert sum(len(content) for content in contents(STARTER).values()) < 1_000_000


def test_every_journey_lets_somebody_in_within_five_mondays(tmp_path: Path) -> None:
    bakery = tmp_path / "bakery"
    regulars("init", str(bakery))
    entered: Counter[str] = Counter()
    for day in ("02-02", "02-09", "02-16", "02-23", "03-02"):
        at = f"2026-{day}T17:30Z"
        ran = regulars("run", str(bakery / "playbook.yaml"), "--at", at, "--json")
        entered.update({name: j["entered"] for name, j in json.loads(ran)["journeys"].items()})

    assert len(entered) == 9
    assert [name for name, count in entered.items() if count == 0] == []
