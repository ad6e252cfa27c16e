"""The Corner Bakery: its data comes from its script, and `init` starts from the same files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from regulars.playbook.conditions import PLAIN
from regulars.playbook.experiments import Experiment, Layer
from regulars.playbook.goals import GOALS
from regulars.playbook.journeys import STEPS, Journey, Send
from regulars.playbook.messages import OWN_WORDS
from regulars.playbook.policy import Cap, Policy, QuietHours
from regulars.playbook.triggers import MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

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


def words(*models: type[BaseModel]) -> set[str]:
    return {field.alias or name for m in models for name, field in m.model_fields.items()}


UNBUILT = {"score"}  # a condition that waits for models


@pytest.mark.parametrize(
    "wanted",
    [
        STEPS,
        MODELS,
        set(PLAIN) - UNBUILT,
        OWN_WORDS,
        words(Experiment, Layer) | set(GOALS),
        words(Journey, Send, Policy, QuietHours, Cap),
    ],
    ids=["steps", "triggers", "conditions", "messages", "experiments", "the rest"],
)
def test_it_shows_the_whole_language(wanted: Iterable[str]) -> None:
    lines = (BAKERY / "playbook.yaml").read_text(encoding="utf-8").splitlines()
    shown = {word for line in lines for word in re.findall(r"\b(\w+):", line.partition(" # ")[0])}

    assert set(wanted) - shown == set()


def test_every_journey_lets_somebody_in_within_six_weeks(tmp_path: Path) -> None:
    bakery = tmp_path / "bakery"
    regulars("init", str(bakery))
    entered: Counter[str] = Counter()
    for day in ("02-02", "02-09", "02-16", "02-23", "03-02", "03-05", "03-12"):
        at = f"2026-{day}T17:30Z"
        ran = regulars("run", str(bakery / "playbook.yaml"), "--at", at, "--json")
        entered.update({name: j["entered"] for name, j in json.loads(ran)["journeys"].items()})

    assert len(entered) == 11
    assert [name for name, count in entered.items() if count == 0] == []
