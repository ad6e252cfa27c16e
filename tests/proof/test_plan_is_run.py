"""Whatever the playbook and the data, ``plan`` says what ``run`` then does, and leaves no trace."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from regulars.runs.approving import State, answer, questions
from regulars.runs.loading import load_playbook
from regulars.runs.run import plan, run
from regulars.store.engines import open_engine
from sqlalchemy import MetaData, select

from tests.proof.processes import start
from tests.proof.programmes import Programme, programmes
from tests.proof.torture import SERVERS, some

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


def content(url: str) -> Content:
    """Everything in the store by table, but for what is empty; nothing when there is no store."""
    if url.startswith("sqlite") and not Path(url.removeprefix("sqlite:///")).exists():
        return {}
    engine, metadata = open_engine(url), MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        found = {
            table.name: [
                {name: value for name, value in row.items() if value is not None}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return {name: sorted(rows, key=repr) for name, rows in found.items() if rows}


def play(programme: Programme, folder: Path, store: str = "") -> None:
    store = store or f"sqlite:///{folder}/random.db"
    for number, answered in enumerate(programme.answers):
        at = programme.write(folder, number, store)
        loaded = load_playbook(folder / "playbook.yaml")
        before = content(store)
        planned = said(plan, loaded, at)
        if number or not store.startswith("mariadb"):  # which can't undo that it makes tables
            assert content(store) == before, "a plan leaves no trace"
        assert said(run, loaded, at) == planned
        if programme.rests:
            runs_twice(store, loaded, at)
        if answered:
            answer_all(loaded, answered, at)


def runs_twice(store: str, loaded: Loaded, at: datetime) -> None:
    """A second run at the same instant has nothing to do, and does nothing."""
    after, mail = resting(store), sorted(loaded.playbook.folder.glob("*/*/*"))
    told = said(run, loaded, at)
    assert told["decisions"]["sent"] == 0
    assert resting(store) == after
    assert sorted(loaded.playbook.folder.glob("*/*/*")) == mail


def resting(store: str) -> Content:
    """The store without its runs, and without which of them looked last at what is held.

    The word by which others may help a run to send is each run's own, and a file gets a stamp only
    by a run that comes a while after it was written.
    """
    found = content(store)
    del found["runs"]
    found["facts"] = [row for row in found["facts"] if row["name"] != "delivery.go_ahead"]
    for table, column in (("deliveries", "decided_by"), ("loads", "stamp")):
        for row in found.get(table, []):
            row.pop(column, None)
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


@pytest.mark.parametrize("server", SERVERS)
def test_plan_is_run_on_a_server(request: pytest.FixtureRequest, server: str) -> None:
    databases = request.getfixturevalue(server)

    @drawn(some(1, 60))
    @given(programmes())
    def on_a_server(programme: Programme) -> None:
        with tempfile.TemporaryDirectory(prefix="regulars-") as folder, databases.database() as url:
            play(programme, Path(folder), url)

    on_a_server()


@drawn(some(1, 20))
@given(programmes())
def test_plan_is_run_on_the_command_line(programme: Programme) -> None:
    with tempfile.TemporaryDirectory(prefix="regulars-") as name:
        folder = Path(name)
        for number in range(len(programme.runs)):
            at = programme.write(folder, number, "sqlite:///random.db").isoformat()
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
