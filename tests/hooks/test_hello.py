"""regulars-hello, installed like a stranger's plugin, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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

CARD = """\
To: 1 Main St

We kept you a loaf
of rye.

Bo
"""


def test_a_strangers_plugin_is_found_and_works(hello_target: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(hello_target), "PYTHONWARNINGS": "error"}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        ("regulars-hello 0.1.0 {'channels': ('postcard',), 'conditions': ('name-length',)} None"),
        "['Grace', 'Katherine']",
    ]
    (card,) = (tmp_path / "postcards").iterdir()
    assert card.read_text(encoding="utf-8") == CARD
