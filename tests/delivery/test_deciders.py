"""Plugins that have a say in what is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from regulars.hooks import Plugins

DECIDER = '''
"""Knows a nickname, refuses one customer, fails on another, signs the rest."""
from dataclasses import replace
from regulars import hookimpl


@hookimpl
def regulars_enrich(customer, run):
    return {"nickname": customer["id"].upper()}


@hookimpl
def regulars_may_send(message, customer, run):
    return "asked us not to" if customer["id"] == "c1" else None


@hookimpl
def regulars_prepare(message, run):
    if message.customer == "c2":
        raise ValueError("no ink")
    return replace(message, text=message.text + " Yours, Ada")
'''


@pytest.fixture
def decided(corner: Any) -> Any:
    """The shop with the plugin, and a message that uses what it knows."""
    folder = corner.playbook.folder
    (folder / "decider.py").write_text(DECIDER)
    files = [folder / "note.py", folder / "decider.py"]
    shop = replace(corner, plugins=Plugins.load(allow=[], files=files))
    part = {"text": "Hello {{ customer.nickname }}."}
    message = corner.playbook.messages["hello"].model_validate({"note": part})
    shop.change(messages={"hello": message})
    shop.plan(*["a@x.example"] * 3)
    return shop


def test_a_refusal_is_a_decision_with_the_plugin_as_its_reason(
    decided: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    decided.deliver()
    assert decided.decisions() == [("skipped", "refused"), ("failed", "plugin"), ("sent", None)]
    refused, failed, _ = decided.rows()
    assert "decider" in refused.detail
    assert "asked us not to" in refused.detail
    assert "no ink" in failed.detail
    assert [line.split()[0] for line in decided.lines("attempts")] == ["c3"]
    assert "refused c1" in capsys.readouterr().out


def test_a_rehearsal_asks_them_too_but_tells_nobody(
    decided: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with decided.store.rehearsal() as rehearsal:
        shop = replace(decided, store=rehearsal)
        shop.deliver(rehearse=True)
        expected = shop.decisions()
    assert capsys.readouterr().out == ""
    decided.deliver()
    assert decided.decisions() == expected
