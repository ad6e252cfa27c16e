"""The CDNOW example on every store: real purchases, the truth from the raw rows, three dates."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.cli.entry import run_command_line

if TYPE_CHECKING:
    import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "cdnow"
SEGMENTS = ("repeat_buyers", "big_spenders", "active", "lapsed")
TRUTH = {
    "1997-10-01T00:00Z": (4965, 959, 440, 409, 214),
    "1998-01-01T00:00Z": (5734, 1053, 507, 401, 290),
    "1998-06-30T00:00Z": (6919, 1152, 615, 299, 473),
}


def report(capfd: pytest.CaptureFixture[str], command: str, path: Path, at: str) -> dict[str, Any]:
    status = run_command_line([command, str(path), "--at", at, "--json"])
    out, err = capfd.readouterr()
    assert status == 0, err
    summary: dict[str, Any] = json.loads(out)
    return {name: value for name, value in summary.items() if name != "seconds"}


def test_three_dates_in_order(
    store_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cdnow"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("outbox", ".regulars"))
    path = folder / "playbook.yaml"
    path.write_text(f"store: {store_url}\n{path.read_text()}")
    seen = 0
    entered = []
    for at, (events, *members) in TRUTH.items():
        planned = report(capfd, "plan", path, at)
        done = report(capfd, "run", path, at)
        assert planned == done
        seen += done["ingested"]["purchases"]["events"]
        assert seen == events
        assert [done["segments"][name]["members"] for name in SEGMENTS] == members
        again = report(capfd, "run", path, at)
        assert again["decisions"]["sent"] == again["journeys"]["winback"]["entered"] == 0
        assert again["ingested"]["purchases"] == {"customers": 0, "events": 0, "rejected": 0}
        assert [again["segments"][name]["members"] for name in SEGMENTS] == members
        entered.append(done["journeys"]["winback"]["entered"])
        assert done["decisions"]["sent"] == entered[-1]
    assert len(list(folder.glob("outbox/*/*.eml"))) == sum(entered)
