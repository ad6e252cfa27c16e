"""Whatever the playbook and the data, ``plan`` says what ``run`` then does, and leaves no trace."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hypothesis import HealthCheck, Phase, given, settings
from regulars.runs.approving import State, answer, questions
from regulars.runs.loading import load_playbook
from regulars.runs.run import plan, run

from tests.proof.processes import start
from tests.proof.programmes import Programme, programmes
from tests.proof.torture import some

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from regulars.playbook.loading import Loaded
    from regulars.runs.summary import Summary

Content = dict[str, list[dict[str, Any]]]


def said(do: Callable[..., Summary], loaded: Loaded, at: datetime) -> dict[str, Any]:
    """What ``do`` prints with ``--json``, but for the seconds."""
    told = do(loaded, at).as_json()
    del told["seconds"]
    plain: dict[str, Any] = json.loads(json.dumps(told))
    return plain


def content(folder: Path) -> Content | None:
    """Everything in the store, by table; None when there is none."""
    path = folder / ".regulars" / "random.db"
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as store:
        store.row_factory = sqlite3.Row
        names = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(map(dict, store.execute(f'SELECT * FROM "{name}"')), key=repr)
            for (name,) in names
        }


def play(programme: Programme, folder: Path) -> None:
    for number, answered in enumerate(programme.answers):
        at = programme.write(folder, number)
        loaded = load_playbook(folder / "playbook.yaml")
        before = content(folder)
        planned = said(plan, loaded, at)
        assert content(folder) == before, "a plan leaves no trace"
        assert said(run, loaded, at) == planned
        if programme.rests:
            runs_twice(folder, loaded, at)
        if answered:
            answer_all(loaded, answered, at)


def runs_twice(folder: Path, loaded: Loaded, at: datetime) -> None:
    """A second run at the same instant has nothing to do, and does nothing."""
    after, mail = resting(folder), sorted(folder.glob("*/*/*"))
    told = said(run, loaded, at)
    assert told["decisions"]["sent"] == 0
    assert resting(folder) == after
    assert sorted(folder.glob("*/*/*")) == mail


def resting(folder: Path) -> Content:
    """The store without its runs, and without which of them looked last at what is held."""
    found = content(folder)
    assert found is not None
    del found["runs"]
    for row in found["deliveries"]:
        del row["decided_by"]
    return found


def answer_all(loaded: Loaded, word: str, at: datetime) -> None:
    for asked in questions(loaded):
        if asked.state == "pending" and not asked.changed:
            answer(loaded, str(asked.number), cast("State", word), "ann", at)


def drawn(examples: int) -> settings:
    """Play so many programmes; what fails is shown as it was drawn, since playing takes long."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )


@drawn(some(4, 300))
@given(programmes())
def test_plan_is_run(programme: Programme) -> None:
    with tempfile.TemporaryDirectory(prefix="regulars-") as folder:
        play(programme, Path(folder))


@drawn(some(1, 20))
@given(programmes())
def test_plan_is_run_on_the_command_line(programme: Programme) -> None:
    with tempfile.TemporaryDirectory(prefix="regulars-") as name:
        folder = Path(name)
        for number in range(len(programme.runs)):
            at = programme.write(folder, number).isoformat()
            planned, done = (printed(folder, word, at) for word in ("plan", "run"))
            assert planned == done


def printed(folder: Path, word: str, at: str) -> dict[str, Any]:
    """What the command ``word`` prints with ``--json``, but for the seconds."""
    words = [word, str(folder / "playbook.yaml"), "--at", at, "--json"]
    command = start(words, folder / "said")
    assert command.wait() in {0, 1}, command.words()
    told: dict[str, Any] = json.loads(command.words())
    del told["seconds"]
    return told
