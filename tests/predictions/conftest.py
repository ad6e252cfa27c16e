"""A shop whose playbook has a model of the toys'."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from regulars.customers.traits import plan_traits
from regulars.runs.loading import load_playbook
from regulars.segments.scope import Scope
from regulars.store import Store

from tests.runs.conftest import HEAD, Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOYS = Path(__file__).parent / "toys.py"
MODEL = "models: {value: {use: pace, event: order, amount: total, text: item}}\n"

Shop = Client


@contextmanager
def opened(shop: Client, now: str) -> Iterator[tuple[Store, Scope]]:
    """The store of ``shop`` as its last run left it, looked at from ``now``."""
    loaded = load_playbook(shop.path)
    plan = plan_traits(loaded.playbook, loaded.plugins)
    store = Store.open(loaded.playbook.store)
    store.fit(plan.shape)
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    with store.reading() as connection:
        scope = Scope.of(connection, loaded.playbook, loaded.plugins, plan, store.tables, at)
    yield store, scope
    store.close()


@pytest.fixture
def shop(tmp_path: Path) -> Client:
    """Ada orders every week and did so lately, Bob has been away, Cora never came."""
    made = Client(tmp_path)
    made.people("ada,ada@example.com,Paris,,", "bob,bob@example.com,Rome,,", "cora,,,,")
    made.orders(
        *(f"ada,2026-01-{day:02},a{day},roll,5" for day in (1, 8, 15, 22)),
        *(f"bob,2026-01-{day:02},b{day},tea,3" for day in (1, 8)),
    )
    return made


@pytest.fixture
def anywhere(shop: Client, store_url: str) -> Client:
    """The shop, once with each kind of database."""
    shop.store = store_url
    return shop


@pytest.fixture
def write() -> Callable[..., None]:
    """Write the playbook of a shop with its models and whatever else."""

    def written(shop: Client, rest: str = "", models: str = MODEL, zone: str = "UTC") -> None:
        shop.write(models + rest, head=f"plugins: [{TOYS}]\n{HEAD}", zone=zone)

    return written
