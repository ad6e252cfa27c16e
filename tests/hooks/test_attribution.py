"""A plugin that fails while a run asks it for SQL is named, with the place in its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runs.conftest import HEAD, client

if TYPE_CHECKING:
    from tests.runs.conftest import Client

__all__ = ["client"]

AT = "2026-05-01T09:00Z"
FAMILIES = ("condition", "trait", "trigger")
PLUGIN = """\
from regulars.errors import TemporaryError
from regulars.hooks import ConditionKind, Settings, TraitKind, TriggerKind, hookimpl


class Nothing(Settings):
    pass


def weather(config, columns, *_):
    return ASKED


@hookimpl
def regulars_conditions():
    yield ConditionKind("rainy", "It rains.", Nothing, weather)


@hookimpl
def regulars_traits():
    yield TraitKind("rainy", "Rainy days.", Nothing, "integer", weather)


@hookimpl
def regulars_triggers():
    yield TriggerKind("rainy", "Rain begins.", Nothing, weather)
"""
USES = {
    "condition": "segments: {wet: {use: rainy}}",
    "trait": "traits: {wet: {use: rainy}}",
    "trigger": "journeys: {wet: {when: {use: rainy}, steps: [{send: hello}]}}",
}


def run(client: Client, family: str, asked: str) -> tuple[int, str]:
    """The exit status of a run whose plugin is ``asked``, and what it said."""
    (client.folder / "rain.py").write_text(PLUGIN.replace("ASKED", asked), encoding="utf-8")
    client.write(USES[family], f"plugins: [./rain.py]\n{HEAD}")
    status, out, err = client.call("run", str(client.path), "--at", AT)
    assert out == ""
    return status, err


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("exit(0)", "SystemExit: 0"),
    ],
)
def test_what_raises_while_it_compiles_is_named_with_its_place(
    family: str, asked: str, error: str, client: Client
) -> None:
    who = f"the {family} 'rainy' of rain ({client.folder / 'rain.py'})"
    said = f"{who} failed: {error} (rain.py, line 10); report it to its author\n"
    assert run(client, family, asked) == (2, said)


@pytest.mark.parametrize("family", ["condition", "trigger"])
def test_the_place_is_the_plugins_even_where_regulars_raised(family: str, client: Client) -> None:
    status, said = run(client, family, "columns.trait('sun')")
    assert status == 2
    assert "failed: KeyError: 'sun' (rain.py, line 10); report it" in said


@pytest.mark.parametrize(
    ("family", "kind"),
    [("condition", "ColumnElement"), ("trait", "ColumnElement"), ("trigger", "Select")],
)
def test_what_gives_no_sql_is_named(family: str, kind: str, client: Client) -> None:
    status, said = run(client, family, "None")
    assert status == 2
    assert f"the {family} 'rainy' of rain (" in said
    assert f"failed: TypeError: it gave None; return a SQLAlchemy {kind}; report it" in said


def test_a_trigger_without_its_columns_is_named(client: Client) -> None:
    status, said = run(client, "trigger", "__import__('sqlalchemy').select(columns.customer)")
    assert status == 2
    assert "the trigger 'rainy' of rain (" in said
    assert "failed: AttributeError: customer" in said


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_plugin_says_itself_stays_as_it_says_it(family: str, client: Client) -> None:
    asked = "(_ for _ in ()).throw(TemporaryError('no clouds today'))"
    assert run(client, family, asked) == (1, "no clouds today\n")
