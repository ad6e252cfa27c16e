"""The page about the house is kept true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def layers() -> list[str]:
    """The layers that import-linter holds, top first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    found = [layer for c in contracts if c["type"] == "layers" for layer in c["layers"]]
    return [name.strip() for layer in found for name in layer.split(":")]


def test_the_table_of_folders_is_in_the_order_that_is_enforced() -> None:
    rows = re.findall(r"^\| (`.+?) \| ", PAGE, re.MULTILINE)
    named = [name.rstrip("/") for row in rows for name in re.findall(r"`(.+?)`", row)]

    assert named == layers()


def test_every_place_that_the_page_names_exists() -> None:
    house = PAGE.partition("```text")[2].partition("```")[0]
    places = [line.split()[0] for line in house.splitlines() if line.strip()]

    assert [place for place in places if not (ROOT / place).is_dir()] == []
    assert (ROOT / "core" / "regulars" / "runs" / "run.py").exists()


def test_the_stages_are_told_in_the_order_of_the_run() -> None:
    told = re.findall(r"^\d\. \*\*(\w+)\*\*", PAGE, re.MULTILINE)
    runs = ROOT / "core" / "regulars" / "runs"
    code = "".join((runs / name).read_text(encoding="utf-8") for name in ("beginning.py", "run.py"))

    assert told == re.findall(r'clock\.stage\("(\w+)"\)', code)
