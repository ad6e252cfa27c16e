"""What a warehouse finds by the statement that is printed for it is what a run finds."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
import sqlglot
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from regulars.cli.segments import WAREHOUSES
from regulars.customers.traits import plan_traits
from regulars.errors import PlaybookError
from regulars.playbook.loading import Loaded
from regulars.runs.loading import load_playbook
from regulars.segments.pushdown import pushed_down
from regulars.store import Store, tables
from regulars.store.schema import Tables
from sqlalchemy import BigInteger, Double, Integer, SmallInteger, select
from sqlglot import exp

from tests.segments.evaluator import Event, Person
from tests.segments.test_agreement import NOW, numbered, people, playbooks
from tests.segments.worlds import PLUGINS, empty, fit, inside, make_playbook, run, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

    from tests.runs.conftest import Client

BAKERY = Path(__file__).parents[2] / "examples" / "corner-bakery"
AT = datetime(2026, 5, 1, 9, tzinfo=UTC)

EVERYTHING = r"""
playbook: everything
timezone: Europe/Berlin
plugins: [./plugins.py]
customer:
  attributes:
    {city: text, visits: integer, height: number, vip: boolean, born: date, joined: time,
     home: point, home-town: text}
sources:
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {customer: customer, time: time, item: item, total: total, due: due}
topics:
  offers: {title: Offers, basis: opt_in}
  news: {title: News, basis: opt_out}
  service: {title: Service, basis: transactional}
channels: {email: {use: outbox}}
models: {value: {use: pareto-nbd, event: order}}
traits:
  orders: {count: order}
  spend: {sum: order.total, within: 90d}
  basket: {average: order.total}
  biggest: {largest: order.total}
  range: {distinct: order.item}
  first_order: {first: order}
  last_item: {last: order.item}
  first_total: {first: order.total, type: number, within: 1mo}
  usual: {most_common: order.item, where: {item: {is_not: bread}}}
  usual_total: {most_common: order.total, type: number}
  spread: {use: spread, event: order, amount: total}
segments:
  words:
    any:
      - {attribute: city, is: "O'Neil\\back"}
      - {attribute: city, is_not: Ulm}
      - {attribute: city, in: [Ulm, "日本"]}
      - {attribute: city, not_in: [Ulm, Bern]}
      - {attribute: city, contains: ä}
      - {attribute: city, starts_with: "ÄP", ignore_case: true}
      - {attribute: city, ends_with: "fel"}
      - {attribute: city, known: false}
      - {attribute: home-town, is: Ulm}
      - {attribute: id, is: c1}
      - {attribute: visits, between: [1, 3]}
      - {attribute: height, at_least: 0.3, less_than: 1.0e+300}
      - {attribute: vip, is: true}
      - {attribute: born, before: 1990-01-01}
      - {attribute: born, within_next: 7d}
      - {attribute: joined, after: "2026-04-01 00:30"}
      - {attribute: joined, within_last: 2w}
  traits:
    any:
      - {trait: orders, more_than: 3}
      - {trait: spend, at_most: 50.5}
      - {trait: basket, is: 12.5}
      - {trait: biggest, at_least: 10}
      - {trait: range, at_least: 2}
      - {trait: first_order, within_last: 3mo}
      - {trait: last_item, is: bread}
      - {trait: first_total, at_least: 3}
      - {trait: usual, starts_with: b}
      - {trait: usual_total, is: 3}
      - {trait: spread, at_least: 5}
  scored: {score: value.alive, less_than: 0.4}
  regulars:
    performed: order
    at_least: 4
    within: 90d
    where: {item: {is: bread}, total: {more_than: 2}, due: {after: 2026-01-01}}
  summed: {performed: order, sum: total, at_least: 200, within: 90d}
  averaged: {performed: order, average: total, between: [5, 10]}
  strangers: {not_performed: order, within: 45d}
  nested: {all: [{segment: regulars}, {any: []}], none: [{segment: strangers}]}
  consented: {consented: offers, channel: email}
  informed: {consented: news}
  served: {consented: service}
  near: {near: [45.52, -122.68], within: 3km, attribute: home}
  sampled: {sample: 10%, seed: spring}
  plugged: {use: above, attribute: visits, than: 3}
"""
PLUGIN = """
from regulars.hooks import ConditionKind, Settings, TraitKind, hookimpl
from sqlalchemy import case, func


class Above(Settings):
    attribute: str
    than: int


class Spread(Settings):
    event: str
    amount: str


class Nothing(Settings):
    pass


def above(config, columns, moment):
    return columns.attribute(config.attribute) > config.than


def spread(config, events, moment):
    value = case((events.is_event(config.event), events.amount(config.amount)))
    return func.max(value) - func.min(value)


def own(config, columns, moment):
    return func.only_here(columns.customer) > 3


def odd(config, events, moment):
    return func.max(func.only_here(events.time))


@hookimpl
def regulars_conditions():
    yield ConditionKind("above", "An attribute is above a number.", Above, above)
    yield ConditionKind("own", "What one database knows.", Nothing, own)


@hookimpl
def regulars_traits():
    yield TraitKind(
        "spread", "From the least to the most.", Spread, "integer", spread,
        amounts=lambda config: [f"{config.event}.{config.amount}"],
    )
    yield TraitKind("odd", "What one database knows.", Spread, "integer", odd)
"""


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """A playbook with every condition of the language."""
    (tmp_path / "plugins.py").write_text(PLUGIN)
    (tmp_path / "orders.csv").write_text("customer,time,item,total,due\n")
    (tmp_path / "playbook.yaml").write_text(EVERYTHING)
    return tmp_path / "playbook.yaml"


def duck_type(column: Any) -> tuple[str, pa.DataType]:
    if isinstance(column.type, BigInteger | Integer | SmallInteger):
        return "BIGINT", pa.int64()
    if isinstance(column.type, Double):
        return "DOUBLE", pa.float64()
    return (
        ("BLOB", pa.binary())
        if column.name == "key" and column.table.name == "events"
        else (
            "VARCHAR",
            pa.string(),
        )
    )


def copied(store: Store) -> duckdb.DuckDBPyConnection:
    """The tables of ``store`` in DuckDB, as an agency would replicate them."""
    warehouse = duckdb.connect()
    own = (store.tables.customers, store.tables.events, store.tables.scores)
    for table in (*own, tables.event_names, tables.consents):
        _copy(store, table, warehouse)
    return warehouse


def _copy(store: Store, table: Table, warehouse: duckdb.DuckDBPyConnection) -> None:
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(table))]
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}" {duck_type(column)[0]}' for column in columns)
    warehouse.execute(f"CREATE TABLE {table.name} ({names})")
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrow = pa.table(
        {c.name: pa.array(cell, duck_type(c)[1]) for c, cell in zip(columns, cells, strict=True)}
    )
    warehouse.register("arrow", arrow)
    warehouse.execute(f"INSERT INTO {table.name} SELECT * FROM arrow")
    warehouse.unregister("arrow")


def found(warehouse: duckdb.DuckDBPyConnection, statement: str) -> Mapping[str, list[str]]:
    """The ids of members by segment, in order."""
    members: dict[str, list[str]] = defaultdict(list)
    for segment, customer in warehouse.execute(statement).fetchall():
        members[segment].append(customer)
    return defaultdict(list, {name: sorted(keys) for name, keys in members.items()})


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_every_condition_compiles_for(warehouse: str, everything: Path) -> None:
    statement = pushed_down(load_playbook(everything), AT, warehouse)
    tree = sqlglot.parse_one(statement, read=warehouse)
    assert isinstance(tree, exp.Select)
    assert [column.alias_or_name for column in tree.expressions] == ["segment", "customer"]
    assert not list(tree.find_all(exp.Limit, exp.Placeholder, exp.Parameter, exp.Command))
    relations = (exp.From, exp.Join)
    assert all(isinstance(inner.parent, relations) for inner in tree.find_all(exp.Subquery))


def test_what_is_counted_in_characters_is_so_in_clickhouse_too(everything: Path) -> None:
    statement = pushed_down(load_playbook(everything), AT, "clickhouse")
    named = set(re.findall(r"\b(\w*(?:substr|translate|length)\w*)\(", statement, re.IGNORECASE))
    assert named == {"substringUTF8", "translateUTF8", "CHAR_LENGTH"}
    assert statement.endswith("SETTINGS join_use_nulls = 1")


def test_duckdb_understands_every_condition(everything: Path) -> None:
    loaded = load_playbook(everything)
    shop = duckdb.connect()
    own = Tables.of(plan_traits(loaded.playbook, loaded.plugins).shape.columns())
    for table in (own.customers, own.events, own.scores, tables.event_names, tables.consents):
        columns = ", ".join(f'"{c.name}" {duck_type(c)[0]}' for c in table.columns)
        shop.execute(f"CREATE TABLE {table.name} ({columns})")
    shop.execute("INSERT INTO customers (id, key, a_visits) VALUES (1, 'ada', 4), (2, 'bob', 3)")
    members = found(shop, pushed_down(loaded, AT, "duckdb"))
    assert members["plugged"] == ["ada"]
    assert members["informed"] == members["served"] == members["strangers"] == ["ada", "bob"]
    assert members["consented"] == []
    assert found(shop, pushed_down(loaded, AT, "duckdb", ["plugged"])) == {"plugged": ["ada"]}


def test_whatever_a_playbook_says_duckdb_finds_the_same_customers(sqlite_store: Store) -> None:
    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(playbooks(), st.lists(people, min_size=1, max_size=12))
    def same(words: dict[str, Any], crowd: list[Person]) -> None:
        playbook = make_playbook(**words)
        fit(sqlite_store, playbook)
        empty(sqlite_store)
        write(sqlite_store, playbook, numbered(crowd))
        run(sqlite_store, playbook, NOW)
        statement = pushed_down(Loaded(playbook, PLUGINS, None), NOW, "duckdb")  # type: ignore[arg-type]
        members = found(copied(sqlite_store), statement)
        for name in playbook.segments:
            assert members[name] == inside(sqlite_store, name), words["segments"][name]

    same()


def test_the_corner_bakery_has_the_same_members_in_duckdb(client: Client) -> None:
    bakery = client.folder / "bakery"
    assert client.call("init", str(bakery))[0] == 0
    path = bakery / "playbook.yaml"
    assert client.call("run", str(path), "--at", AT.isoformat())[0] == 0
    status, statement, error = client.call(
        "segments", str(path), "--sql", "duckdb", "--at", AT.isoformat()
    )
    assert status == 0, error
    loaded = load_playbook(path)
    store = Store.open(loaded.playbook.store)
    try:
        members = found(copied(store), statement)
        known = {name: inside(store, name) for name in loaded.playbook.segments}
    finally:
        store.close()
    assert {name: members[name] for name in known} == known
    assert sum(map(bool, known.values())) > len(known) // 2


def test_rows_that_stand_for_several_events_count_as_often(sqlite_store: Store) -> None:
    playbook = make_playbook({"often": {"performed": "order", "at_least": 3}})
    fit(sqlite_store, playbook)
    write(sqlite_store, playbook, [Person("ada", events=(Event(1, NOW, "order", {}),))])
    with sqlite_store.transaction() as connection:
        connection.execute(sqlite_store.tables.events.update().values(times=3))
    statement = pushed_down(Loaded(playbook, PLUGINS, None), NOW, "duckdb")  # type: ignore[arg-type]
    assert found(copied(sqlite_store), statement) == {"often": ["ada"]}


ODD = "  odd: {none: [{use: own}]}\n"


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (EVERYTHING + ODD, f"{len(EVERYTHING.splitlines()) + 1}:8: segments.odd"),
        (EVERYTHING.replace("  spread: {use: spread", "  spread: {use: odd"), "traits.spread"),
    ],
)
def test_what_no_warehouse_knows_is_refused_with_its_place(
    everything: Path, written: str, place: str
) -> None:
    everything.write_text(written)
    with pytest.raises(PlaybookError) as refused:
        pushed_down(load_playbook(everything), AT, "trino")
    assert f"{place}: this can't be written for trino" in str(refused.value)
    assert "the function only_here() is not known there; leave it to a run" in str(refused.value)


def test_a_playbook_without_segments_has_nothing_to_find(everything: Path) -> None:
    everything.write_text("playbook: bare\n")
    with pytest.raises(PlaybookError, match="there is no segment to find the members of; add one"):
        pushed_down(load_playbook(everything), AT, "trino")


def test_without_its_package_the_command_says_what_to_install(
    client: Client, everything: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    for name in ("warehouses", "lookups"):
        monkeypatch.delitem(sys.modules, f"regulars.segments.{name}", raising=False)
    status, out, error = client.call("segments", str(everything), "--sql", "trino")
    assert (status, out) == (2, "")
    assert "pip install 'regulars[pushdown]'" in error


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sql", "trino", "--json"], "leave --members and --json out"),
        (["--at", "2026-05-01"], "--at goes with --sql"),
        (["--sql", "oracle"], "is not one of"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    client: Client, everything: Path, options: list[str], said: str
) -> None:
    status, _, error = client.call("segments", str(everything), *options)
    assert status == 2
    assert said in " ".join(error.split())
