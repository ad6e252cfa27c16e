"""The example of every hook works, and docs/plugins.md tells the same of it."""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
import jinja2
import numpy as np
import pytest
import regulars.hooks
from click.testing import CliRunner
from regulars.hooks import (
    ChannelContext,
    ConnectorKind,
    EventColumns,
    Fitted,
    Goal,
    Happened,
    ModelData,
    ModelEvents,
    Moment,
    Outcome,
    Outgoing,
    PluginInfo,
    Plugins,
    Reads,
    Receipt,
    RunInfo,
    Trial,
    Units,
    specs,
)
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
HOOKS = [name for name in dir(specs) if name.startswith("regulars_")]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MOMENT = Moment(NOW, ZoneInfo("UTC"))
PEOPLE = Table(
    "people",
    MetaData(),
    Column("id", Integer),
    Column("first_name", String),
    Column("city", String),
    Column("time", Integer),
    Column("event", String),
)
ROWS: list[dict[str, Any]] = [
    {"id": 1, "first_name": "Ada", "city": "Reno", "time": 0, "event": "order"},
    {"id": 2, "first_name": "Bo", "city": "Rome", "time": 3 * 86_400_000_000, "event": "order"},
    {"id": 3, "first_name": None, "city": None, "time": 10**15, "event": "visit"},
]


class PeopleColumns:
    """What a plugin's SQL sees, over one small table."""

    customer = PEOPLE.c.id
    people = PEOPLE

    def attribute(self, name: str, /) -> Any:
        return PEOPLE.c[name]

    def trait(self, name: str, /) -> Any:
        raise KeyError(name)


@pytest.fixture
def example(tmp_path: Path) -> Callable[[str], Plugins]:
    """The plugin in a hook's docstring, loaded from a file."""
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "slip.html.j2").write_text("{{ body }}")
    (tmp_path / "tea-shop").mkdir()

    def load(hook: str) -> Plugins:
        path = tmp_path / "plugins.py"
        path.write_text(example_of(hook), encoding="utf-8")
        return Plugins.load(files=[path])

    return load


def example_of(hook: str) -> str:
    documentation = inspect.getdoc(getattr(specs, hook)) or ""
    return textwrap.dedent(documentation.partition("\nExample:\n")[2]).strip() + "\n"


def only(plugins: Plugins) -> PluginInfo:
    (info,) = (info for info in plugins.infos if info.name == "plugins")
    return info


def answer(statement: Any) -> list[Any]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        PEOPLE.metadata.create_all(connection)
        connection.execute(PEOPLE.insert(), ROWS)
        rows = [tuple(row) for row in connection.execute(statement)]
    engine.dispose()
    return rows


# ------------------------------------------------------------------ the page


def section(heading: str) -> str:
    """What stands below ``heading`` up to the next one."""
    assert heading in PAGE.splitlines(), f"docs/plugins.md has no heading {heading!r}"
    return re.split(r"^#", PAGE.partition(f"{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_has_every_hook_with_its_arguments_and_its_example(hook: str) -> None:
    arguments = ", ".join(inspect.signature(getattr(specs, hook)).parameters)
    heading = f"#### `{hook}({arguments})`"

    assert f"```python\n{example_of(hook)}```" in PAGE.partition(f"{heading}\n")[2]
    assert section(heading).strip()


def test_the_page_tells_of_no_hook_that_is_not_there() -> None:
    assert sorted(re.findall(r"^#### `(regulars_\w+)\(", PAGE, flags=re.MULTILINE)) == HOOKS


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for name in regulars.hooks.__all__
        if dataclasses.is_dataclass(kind := getattr(regulars.hooks, name))
        and kind is not PluginInfo
    ],
)
def test_the_page_has_every_kind_with_all_its_fields(kind: Any) -> None:
    fields = [field.name for field in dataclasses.fields(kind)]

    told = section(f"### `{kind.__name__}({', '.join(fields)})`")

    assert [field for field in fields if not re.search(rf"`{field}[`(]", told)] == []


@pytest.mark.parametrize("protocol", ["Columns", "Sender"])
def test_the_page_has_every_protocol_with_all_its_members(protocol: str) -> None:
    members = [n for n in vars(getattr(regulars.hooks, protocol)) if not n.startswith("_")]

    told = section(f"### `{protocol}`")

    assert [member for member in members if not re.search(rf"`{member}[`(]", told)] == []


# ------------------------------------------------------------------ the examples


@pytest.mark.parametrize("hook", HOOKS)
def test_every_example_is_a_whole_plugin(hook: str, example: Callable[[str], Plugins]) -> None:
    info = only(example(hook))

    assert (info.broken, info.hooks) == (None, (hook,))
    assert bool(info.offers) == (hook in specs.OFFERS)


def test_the_connector_reads_names(example: Callable[[str], Plugins], tmp_path: Path) -> None:
    kind = example("regulars_connectors").connectors["names"]
    assert isinstance(kind, ConnectorKind)

    with kind.open(kind.config.model_validate({"names": ["Ada", "Bo"]}), tmp_path) as parts:
        (part,) = parts
        (batch,) = part.read(None)

    assert (part.origin, part.fingerprint) == ("names", "Ada,Bo")
    assert batch.columns == ("id", "first_name")
    assert (list(batch.rows), list(batch.numbers)) == ([("ada", "Ada"), ("bo", "Bo")], [1, 2])


def test_the_channel_writes_a_line(
    example: Callable[[str], Plugins], message: Outgoing, tmp_path: Path
) -> None:
    kind = example("regulars_channels").channels["pager"]
    context = ChannelContext("bakery", "pager", tmp_path, "run-1", NOW)

    with kind.open(kind.config.model_validate({"file": "out.txt"}), context) as sender:
        assert sender.send(message) == Receipt("key-1")

    assert (tmp_path / "out.txt").read_text() == "+15550100: We kept you a rye bread.\n"


def test_the_condition_finds_an_initial(example: Callable[[str], Plugins]) -> None:
    kind = example("regulars_conditions").conditions["initial"]
    config = kind.config.model_validate({"letter": "A"})

    found = kind.compile(config, PeopleColumns(), MOMENT)

    assert answer(select(PEOPLE.c.id).where(found)) == [(1,)]


def test_the_trigger_finds_who_moved(example: Callable[[str], Plugins]) -> None:
    kind = example("regulars_triggers").triggers["moves-to"]
    config = kind.config.model_validate({"city": "Rome"})

    found = kind.compile(config, PeopleColumns(), MOMENT, None)

    assert answer(found) == [(2, "Rome", regulars.hooks.micros(NOW))]


def test_the_trait_counts_days(example: Callable[[str], Plugins]) -> None:
    kind = example("regulars_traits").traits["loyalty"]
    columns = EventColumns(
        PEOPLE.c.id,
        PEOPLE.c.time,
        lambda name: PEOPLE.c.event == name,
        lambda name: PEOPLE.c[name],
        lambda name: PEOPLE.c[name],
    )

    days = kind.compile(kind.config.model_validate({"event": "order"}), columns, MOMENT)

    assert answer(select(days)) == [(3,)]


def test_the_model_says_how_unusual_a_silence_is(example: Callable[[str], Plugins]) -> None:
    kind = example("regulars_models").models["silence"]
    config = kind.config.model_validate({"event": "order"})
    day = 86_400_000_000
    at = np.append(np.arange(11) ** 2, 95) * day  # pauses of 1, 3, 5 … 19 days, and a last one
    events = ModelEvents(np.append(np.zeros(11, np.int64), 2), at, np.ones(12, np.int64))
    data = ModelData(110 * day, ZoneInfo("UTC"), np.arange(1, 4), {"order": events})
    few = dataclasses.replace(data, events={"order": ModelEvents(at[:1], at[:1], at[:1])})

    fitted = kind.fit(config, data, 0)
    assert isinstance(fitted, Fitted)
    scores = kind.score(config, fitted, data)

    assert kind.reads(config) == Reads(events=["order"])
    assert scores.keys() == kind.outputs(config).keys()
    assert scores["unusual"].tolist() == pytest.approx([0.5, np.nan, 0.7], nan_ok=True)
    assert kind.fit(config, few, 0) == "0 pauses between two events of a customer; 10 are needed"


def trial(*buyers: int) -> Trial:
    """Two arms, shown to four customers in turn; those numbered ``buyers`` bought."""
    units = Units(np.array([0, 1, 0, 1]), np.zeros(4, dtype=np.int64), np.full(4, 0.5))
    bought = np.array(buyers, dtype=np.int64)
    happened = Happened(bought, np.ones_like(bought), np.ones(len(bought)))
    outcome = Outcome(Goal("bought", "conversion", within=10), happened)
    return Trial("banner", ("red", "blue"), (0.5, 0.5), 10, units, (outcome,))


def test_the_analysis_answers_in_words(example: Callable[[str], Plugins]) -> None:
    kind = example("regulars_analyses").analyses["buyers"]

    early = kind.analyse(kind.config.model_validate({}), trial(1, 3))
    done = kind.analyse(kind.config.model_validate({"enough": 2}), trial(1, 3))

    assert (early.verdict, early.arm) == ("keep going", None)
    assert (done.verdict, done.arm, done.sentence) == (
        "winner",
        "blue",
        "blue has the most buyers.",
    )


def test_the_bandit_gives_most_to_the_best_so_far(example: Callable[[str], Plugins]) -> None:
    kind = example("regulars_allocations").allocations["greedy"]

    shares = kind.allocate(kind.config.model_validate({}), trial(1, 3))

    assert list(shares) == pytest.approx([0.05, 0.95])


def test_the_templates_are_in_their_folders(
    example: Callable[[str], Plugins], tmp_path: Path
) -> None:
    plugins = example("regulars_templates")

    assert plugins.layouts["slip"].folder == tmp_path / "layouts"
    assert plugins.starters["tea-shop"].folder == tmp_path / "tea-shop"


def test_the_command_greets(example: Callable[[str], Plugins]) -> None:
    cli = click.Group()

    example("regulars_commands").commands(cli)

    assert CliRunner().invoke(cli, ["greet", "Ada"]).output == "Hello, Ada!\n"


def test_the_filter_draws_stars(example: Callable[[str], Plugins]) -> None:
    environment = jinja2.Environment(autoescape=True)

    example("regulars_jinja").jinja(environment)

    assert environment.from_string("{{ 3 | stars }}").render() == "★★★"


def test_no_text_messages_on_sundays(
    example: Callable[[str], Plugins], message: Outgoing, run: RunInfo
) -> None:
    plugins = example("regulars_may_send")
    monday = dataclasses.replace(run, at=datetime(2026, 3, 2, tzinfo=UTC))

    assert (plugins.may_send(message, {}, run) or "").endswith(": no text messages on Sundays")
    assert plugins.may_send(message, {}, monday) is None


def test_templates_learn_the_initial(example: Callable[[str], Plugins], run: RunInfo) -> None:
    plugins = example("regulars_enrich")

    assert plugins.enrich({"first_name": "Ada"}, run) == {"initial": "A"}
    assert plugins.enrich({"first_name": None}, run) == {}


def test_e_mails_carry_their_campaign(
    example: Callable[[str], Plugins], message: Outgoing, run: RunInfo
) -> None:
    plugins = example("regulars_prepare")
    email = dataclasses.replace(message, medium="email")

    assert plugins.prepare(email, run).headers == {"X-Campaign": "corner-bakery"}
    assert plugins.prepare(message, run) is message


def test_the_journal_hears_everything(
    example: Callable[[str], Plugins],
    message: Outgoing,
    run: RunInfo,
    caplog: pytest.LogCaptureFixture,
) -> None:
    example("regulars_run_started").run_started(run)
    example("regulars_sent").sent(message, Receipt("r-1"), run)
    example("regulars_refused").refused(message, "skipped(cap)", run)
    example("regulars_run_finished").run_finished(run, {"decisions": {"sent": 1}})

    assert caplog.messages == [
        "corner-bakery begins at 2026-03-01 09:00:00+00:00",
        "key-1 is r-1",
        "c1: skipped(cap)",
        "corner-bakery sent 1 messages",
    ]


def test_the_page_begins_with_ten_lines_that_work(tmp_path: Path) -> None:
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "plugins.py").write_text(code, encoding="utf-8")

    plugins = Plugins.load(files=[tmp_path / "plugins.py"])

    kind = plugins.conditions["name-length"]
    long = kind.compile(kind.config.model_validate({"at_least": 3}), PeopleColumns(), MOMENT)
    assert answer(select(PEOPLE.c.first_name).where(long)) == [("Ada",)]


def test_the_page_has_a_proof_that_passes(tmp_path: Path) -> None:
    model = PAGE.partition("#### `regulars_models()`")[2].partition("```python\n")[2]
    proof = PAGE.partition("# file: test_silence.py\n")[2].partition("```")[0]
    (tmp_path / "plugins.py").write_text(model.partition("```")[0], encoding="utf-8")
    (tmp_path / "test_silence.py").write_text(proof, encoding="utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_silence.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
