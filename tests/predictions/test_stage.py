"""Models in a run: they learn, score everybody, and say what they can't."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from regulars.store import Store, tables
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shop

    Write = Callable[..., None]

SEGMENTS = """\
segments:
  slipping: {score: value.alive, less_than: 0.4}
  unknown: {score: value.alive, known: false}
  late: {score: value.mood, is: late}
  soon: {score: value.next, within_next: 7d}
"""
NOW = "2026-01-26"


def why(shop: Shop, customer: str) -> dict[str, Any]:
    status, out, err = shop.call("why", str(shop.path), customer, "--json")
    assert status == 0, err
    story: dict[str, Any] = json.loads(out)
    return story


def versions(shop: Shop) -> list[tuple[Any, ...]]:
    store = Store.open(shop.store or f"sqlite:///{shop.folder}/.regulars/shop.db")
    query = select(tables.models).order_by(*tables.models.primary_key)
    with store.reading() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    store.close()
    return rows


def members(report: dict[str, Any]) -> dict[str, int]:
    return {name: segment["members"] for name, segment in report["segments"].items()}


def test_a_run_learns_and_scores_and_its_segments_know(anywhere: Shop, write: Write) -> None:
    write(anywhere, SEGMENTS)
    planned = anywhere.plan(NOW)
    assert planned["models"]["value"] == {
        "version": 1, "fitted": True, "scored": 2, "missing": None,
    }  # fmt: skip

    done = anywhere.run(NOW)

    assert done["models"] == planned["models"]
    assert members(done) == members(planned) == {"slipping": 1, "unknown": 1, "late": 1, "soon": 1}
    assert why(anywhere, "ada")["scores"]["value"] == {
        "alive": pytest.approx(2 ** (-4 / 7)),
        "next": "2026-01-29T00:00:00+00:00",
        "mood": "early",
    }
    assert why(anywhere, "cora")["scores"]["value"] == {"alive": None, "next": None, "mood": None}

    before = versions(anywhere)
    again = anywhere.run(NOW)
    assert again["models"]["value"] == done["models"]["value"] | {"fitted": False}
    assert (members(again), versions(anywhere)) == (members(done), before)
