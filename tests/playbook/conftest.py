"""A playbook in a folder of its own, as somebody would write one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from regulars.errors import PlaybookError
from regulars.playbook.loading import Loaded, load_playbook

SHOP = """\
playbook: shop
customer:
  attributes:
    city: text
    birthday: date
    joined: time
    points: integer
    vegan: boolean
    home: point
    plan: {type: text, one_of: [free, club]}
  identities: [email]
sources:
  people: {use: csv, path: people.csv, provides: customers, map: {id: id, city: town}}
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {customer: who, time: at, item: item, total: total}
traits:
  orders: {count: order}
  spend: {sum: order.total}
  usual: {most_common: order.item}
  last_order: {last: order}
segments:
  regulars: {performed: order, at_least: 4}
channels:
  email: {use: outbox, from: shop@example.com}
  sms: {use: outbox}
topics:
  offers: {title: Offers, basis: opt_in}
messages:
  hello:
    topic: offers
    email: {subject: Hello, body: You}
journeys:
  welcome:
    when: {enters: regulars}
    steps:
      - send: hello
"""

Write = Callable[..., None]
Problems = Callable[..., list[str]]
Load = Callable[..., Loaded]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the playbook; the test stands in it, as a person would."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP)
    return tmp_path


def _load(text: str | bytes, environ: Mapping[str, str] | None = None) -> Loaded:
    content = text.encode() if isinstance(text, str) else text
    Path("playbook.yaml").write_bytes(content)
    return load_playbook(Path("playbook.yaml"), environ or {})


@pytest.fixture
def load() -> Load:
    """Load a playbook of that text."""
    return _load


@pytest.fixture
def problems() -> Problems:
    """Everything that is wrong with a playbook of that text, as it is printed."""

    def told(text: str | bytes, environ: Mapping[str, str] | None = None) -> list[str]:
        try:
            _load(text, environ)
        except PlaybookError as error:
            return str(error).splitlines()
        return []

    return told


@pytest.fixture
def shop(problems: Problems) -> Problems:
    """The same for a playbook that extends a good one, from its second line on."""

    def told(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        return problems(f"extends: shop.yaml\n{text}", environ)

    return told
