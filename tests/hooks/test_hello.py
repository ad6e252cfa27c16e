"""regulars-hello, installed like a stranger's plugin, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

import pytest

PROGRAM = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select

from regulars.hooks import ChannelContext, Moment, Outgoing, Plugins

plugins = Plugins.load(allow=["hello"])
(info,) = (info for info in plugins.infos if info.name == "hello")
print(info.distribution, info.version, info.offers, info.broken)

now = datetime(2026, 3, 1, tzinfo=timezone.utc)
kind = plugins.find("channels", "postcard")
config = kind.config.model_validate({"greeting": "Bo", "width": 20})
context = ChannelContext("bakery", "card", Path(sys.argv[1]), "run-1", now)
with kind.open(config, context) as printer:
    words = "We kept you a loaf of rye."
    message = Outgoing("key", "1 Main St", "c1", "hello", "text", now, text=words)
    assert printer.send(message) == printer.send(message)

people = Table("people", MetaData(), Column("id", Integer), Column("first_name", String))

class Columns:
    customer = people.c.id
    def attribute(self, name): return people.c[name]

kind = plugins.find("conditions", "name-length")
config = kind.config.model_validate({"at_least": 5})
long = kind.compile(config, Columns(), Moment(now, ZoneInfo("UTC")))
engine = create_engine("sqlite://")
with engine.begin() as connection:
    people.metadata.create_all(connection)
    for id, name in enumerate(["Ada", "Grace", "Zo\\u00eb", None, "Katherine"]):
        connection.execute(people.insert().values(id=id, first_name=name))
    print(connection.scalars(select(people.c.first_name).where(long)).all())
engine.dispose()
"""

PLAYBOOK = """\
playbook: hello
plugins: [hello]
customer:
  attributes: {first_name: text, address: text}
sources:
  people: {use: csv, path: people.csv, provides: customers}
segments:
  long_names: {use: name-length, at_least: 5}
channels:
  card: {use: postcard, to: address, greeting: See you soon}
topics:
  service: {title: Service, basis: transactional}
messages:
  hello:
    topic: service
    card: {text: "Hello {{ customer.first_name }}!"}
journeys:
  greet:
    when: {enters: long_names}
    existing: true
    steps:
      - {send: hello, via: card}
"""

PEOPLE = """\
id,first_name,address
c1,Ada,1 Main St
c2,Grace,2 Main St
c3,Katherine,3 Main St
"""

CARD = """\
To: 1 Main St

We kept you a loaf
of rye.

Bo
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A playbook that uses what regulars-hello offers."""
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    return tmp_path / "playbook.yaml"


def python(target: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python that finds regulars-hello as if it was installed."""
    extra = {"PYTHONPATH": str(target), "PYTHONWARNINGS": "error", **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **extra},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_strangers_plugin_is_found_and_works(hello_target: Path, tmp_path: Path) -> None:
    done = python(hello_target, "-c", PROGRAM, str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "regulars-hello 0.1.0 {'channels': ('postcard',), 'conditions': ('name-length',)} None",
        "['Grace', 'Katherine']",
    ]
    (card,) = (tmp_path / "postcards").iterdir()
    assert card.read_text(encoding="utf-8") == CARD


def test_a_run_sends_by_a_strangers_channel_to_whom_its_condition_finds(
    hello_target: Path, shop: Path
) -> None:
    command = ["-m", "regulars", "run", str(shop), "--at", "2026-03-01T00:00Z", "--json"]

    done = python(hello_target, *command)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["decisions"]["sent"] == 2
    cards = [card.read_text(encoding="utf-8") for card in (shop.parent / "postcards").iterdir()]
    assert sorted(cards) == [
        "To: 2 Main St\n\nHello Grace!\n\nSee you soon\n",
        "To: 3 Main St\n\nHello Katherine!\n\nSee you soon\n",
    ]


def test_a_strangers_settings_are_checked_like_any(hello_target: Path, shop: Path) -> None:
    shop.write_text(PLAYBOOK.replace("at_least", "at_leest"), encoding="utf-8")

    done = python(hello_target, "-m", "regulars", "check", str(shop))

    assert done.returncode == 2
    assert "playbook.yaml:8:34: segments.long_names" in done.stderr
    assert "'at_leest' (did you mean 'at_least'?)" in done.stderr


def test_a_stranger_can_be_switched_off(hello_target: Path, shop: Path) -> None:
    done = python(hello_target, "-m", "regulars", "check", str(shop), REGULARS_DISABLE="hello")

    assert done.returncode == 2
    assert "there is no channel 'postcard'" in done.stderr
    assert "hello (regulars-hello 0.1.0) is switched off by REGULARS_DISABLE" in done.stderr


def test_without_it_the_playbook_says_what_is_missing(shop: Path, tmp_path: Path) -> None:
    done = python(tmp_path, "-m", "regulars", "check", str(shop))

    assert done.returncode == 2
    assert "playbook.yaml:2:11: plugins: there is no plugin 'hello'" in done.stderr
