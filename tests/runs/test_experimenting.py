"""Experiments as a run leaves them: read at any instant, changing nothing, with every database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from regulars.errors import PluginError, StoreError
from regulars.runs.experimenting import drawn, standing, standings
from regulars.runs.learning import learn
from regulars.runs.loading import load_playbook
from regulars.store import Store, hold, tables
from sqlalchemy import select

from tests.runs.conftest import HEAD

if TYPE_CHECKING:
    from regulars.playbook.loading import Loaded

    from tests.runs.conftest import Client

PLUGINS = """\
import numpy as np
from regulars.hooks import AllocationKind, AnalysisKind, Reading, Settings, Table, hookimpl

class Counting(Settings):
    answer: str = "good"

class Careful(Settings):
    horizon: str

def analyse(config, trial):
    if config.answer == "raise":
        raise RuntimeError("no idea")
    if config.answer == "nonsense":
        return 7
    if config.answer != "good":
        return Reading(config.answer, "nobody", "")
    count = np.bincount(trial.units.arm, minlength=len(trial.arms))
    rows = tuple((arm, f"{n}") for arm, n in zip(trial.arms, count))
    data = {"units": count, "rate": np.float64("nan"), "learned": dict(trial.learned)}
    return Reading(
        "winner", trial.arms[1], f"{trial.arms[1]} wins.", ("Look out.",),
        (Table("Counted", ("arm", "units"), rows, ("A note.",)),), data, lambda: "<svg/>",
    )

def learn(read):
    return {"seen": sum(len(trial.units) for _, trial in read)}

@hookimpl
def regulars_analyses():
    careful = AnalysisKind("careful", "Needs settings", Careful, analyse)
    return [careful, AnalysisKind("counting", "Counts", Counting, analyse, learn=learn)]

@hookimpl
def regulars_allocations():
    def allocate(config, trial):
        return [1 / (len(trial.units) + 2), 1 - 1 / (len(trial.units) + 2)]
    return [AllocationKind("second", "The second arm more and more", Counting, allocate)]
"""
PLAYBOOK = """\
plugins: [./plugins.py]
segments: {all: {attribute: email, known: true}}
experiments:
  x:
    arms: {control: {}, offer: {}}
    goals: [{id: ordered, performed: order, where: {total: {at_least: 2}}, within: 14d}]
    MORE
journeys:
  j:
    when: {enters: all}
    existing: true
    steps: [{split: x, arms: {control: [{wait: 1h}], offer: [{wait: 2h}]}}]
"""
START = "2026-05-01T09:00Z"


@pytest.fixture(autouse=True)
def plugins(client: Client) -> None:
    (client.folder / "plugins.py").write_text(PLUGINS, encoding="utf-8")
    client.people(*(f"c{n},c{n}@example.com,Paris,," for n in range(40)))


def written(client: Client, more: str = "decide: {use: counting}", rest: str = "") -> Loaded:
    client.write(PLAYBOOK.replace("MORE", more) + rest, head=HEAD)
    return load_playbook(client.path)


def dump(loaded: Loaded) -> list[Any]:
    store = Store.open(loaded.playbook.store)
    with store.reading() as connection:
        found = [connection.execute(select(t)).all() for t in tables.metadata.tables.values()]
    store.close()
    return found


def test_what_a_run_gave_out_is_read_and_reading_changes_nothing(anywhere: Client) -> None:
    loaded = written(anywhere)
    anywhere.run(START)
    anywhere.orders("c1,2026-05-02T08:00:00,1,bread,3.50", "c2,2026-05-02T08:00:00,2,roll,1")
    anywhere.run("2026-05-03T09:00Z")
    before = dump(loaded)
    found = standing(loaded, "x")
    assert dump(loaded) == before
    assert found.at == found.known == datetime(2026, 5, 3, 9, tzinfo=UTC)
    assert found.since == datetime(2026, 5, 1, 9, tzinfo=UTC)
    assert sum(found.units.values()) == 40
    assert min(found.units.values()) > 5
    assert sum(item.total for item in found.brought) == 1
    assert found.verdict == "winner: offer"
    told = json.loads(json.dumps(found.as_json(), default=str, allow_nan=False))
    assert told["data"]["units"] == list(found.units.values())
    assert told["data"]["rate"] is None
    assert drawn(loaded, found) == "<svg/>"
    earlier = standing(loaded, "x", datetime(2026, 5, 1, 8, tzinfo=UTC))
    assert earlier.since is None
    assert earlier.verdict == "nobody has an arm yet"


def test_a_goal_that_was_added_is_read_at_once(anywhere: Client) -> None:
    loaded = written(anywhere)
    anywhere.run(START)
    anywhere.orders("c1,2026-05-02T08:00:00,1,bread,3.50")
    anywhere.run("2026-05-03T09:00Z")
    anywhere.path.write_text(
        anywhere.path.read_text().replace("goals: [", "goals: [{id: bread, performed: order, "
        "where: {item: {is: bread}}, within: 7d}, ")
    )  # fmt: skip
    loaded = load_playbook(anywhere.path)
    totals = {item.goal.id: 0.0 for item in standing(loaded, "x").brought}
    for item in standing(loaded, "x").brought:
        totals[item.goal.id] += item.total
    assert totals == {"bread": 1, "ordered": 1}


def test_a_segment_that_is_asked_for_later_says_of_how_many_nothing_was_noted(
    anywhere: Client,
) -> None:
    written(anywhere)
    anywhere.run(START)
    later = written(anywhere, "by: all\n    decide: {use: counting}")
    (doubt,) = standing(later, "x").doubts
    assert doubt.startswith("Of 40 customers it wasn't noted whether they were in all")


def test_a_segment_that_was_asked_for_at_once_leaves_no_doubt(anywhere: Client) -> None:
    loaded = written(anywhere, "by: all\n    decide: {use: counting}")
    anywhere.run(START)
    assert standing(loaded, "x").doubts == ()


def test_another_unit_in_the_middle_is_told(anywhere: Client) -> None:
    written(anywhere)
    anywhere.run(START)
    later = written(anywhere, "unit: city\n    decide: {use: counting}")
    (doubt,) = standing(later, "x").doubts
    assert doubt.startswith("40 customers were given their arm before the unit was city")
    assert standing(later, "x").as_json()["doubts"] == [doubt]


def test_a_plan_allocates_as_the_run_does_and_leaves_nothing(anywhere: Client) -> None:
    loaded = written(anywhere, "allocation: {use: second}")
    anywhere.run(START)
    anywhere.people(*(f"c{n},c{n}@example.com,Paris,," for n in range(80)))
    before = dump(loaded)
    planned = anywhere.plan("2026-05-02T09:00Z")["journeys"]
    assert dump(loaded) == before
    assert anywhere.run("2026-05-02T09:00Z")["journeys"] == planned
    units = standing(loaded, "x").units
    assert sum(units.values()) == 80
    assert units["offer"] > 55  # 1 of 42 for the control, of those who came late
    again = dump(loaded)
    anywhere.run("2026-05-02T09:00Z")
    kept = list(tables.metadata.tables).index("allocations")
    assert dump(loaded)[kept] == again[kept]


def test_what_is_learned_is_kept_and_told_the_next_time(anywhere: Client) -> None:
    loaded = written(anywhere)
    anywhere.run(START)
    for _ in range(2):
        (lesson,) = learn(loaded)
        assert (lesson.analysis, lesson.experiments) == ("counting", 1)
        assert lesson.learned == {"seen": 40}
    reading = standing(loaded, "x").reading
    assert reading is not None
    assert reading.data["learned"] == {"seen": 40}


def test_nothing_is_learned_while_a_run_goes_on(anywhere: Client) -> None:
    loaded = written(anywhere)
    anywhere.run(START)
    with hold(loaded.playbook.store):
        status, _, err = anywhere.call("experiments", str(anywhere.path), "--learn")
    assert status == 3
    assert "another run holds" in err
    reading = standing(loaded, "x").reading
    assert reading is not None
    assert reading.data["learned"] == {}


def test_nothing_is_learned_of_an_experiment_that_nobody_is_in(client: Client) -> None:
    loaded = written(client)
    client.people()
    client.run(START)
    assert learn(loaded) == []


def test_the_holdout_stands_beside_the_experiments(client: Client) -> None:
    written(client, rest="policy: {holdout: 50%}\n")
    client.path.write_text(client.path.read_text().replace("[{wait: 1h}]", "[{send: hello}]"))
    loaded = load_playbook(client.path)
    client.run(START)
    found = {item.name: item for item in standings(loaded)}
    assert list(found) == ["x", "holdout"]
    assert list(found["holdout"].units) == ["holdout", "in"]
    assert found["holdout"].verdict == "winner: in"
    assert [item.goal.id for item in found["holdout"].brought] == ["ordered", "ordered"]


def test_a_holdout_is_not_decided_by_an_analysis_that_needs_settings(client: Client) -> None:
    more = "decide: {use: careful, horizon: 7d}"
    loaded = written(client, more, rest="policy: {holdout: 50%}\n")
    client.run(START)
    assert standing(loaded, "holdout").reading is None


def test_a_name_that_is_none_gets_a_suggestion(client: Client) -> None:
    loaded = written(client)
    with pytest.raises(StoreError, match=r"unknown experiment 'xy' .*'x'.*there are: x$"):
        standing(loaded, "xy")
    with pytest.raises(StoreError, match="nothing has run yet"):
        standing(loaded, "x")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("raise", r"RuntimeError: no idea \(plugins.py, line \d+\)"),
        ("nonsense", "it gave 7; return a Reading"),
        ("maybe", "there is no verdict 'maybe'"),
        ("winner", "there is no arm 'nobody'"),
    ],
)
def test_an_analysis_that_fails_is_named(client: Client, answer: str, said: str) -> None:
    loaded = written(client, f"decide: {{use: counting, answer: {answer}}}")
    client.run(START)
    with pytest.raises(PluginError, match=rf"the analysis 'counting' of plugins .*{said}"):
        standing(loaded, "x")
