"""The list of commands: complete, and told without loading what it tells of."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from regulars.cli.entry import ALONG, COMMANDS, regulars, run_command_line


@pytest.mark.parametrize("name", [*COMMANDS, *ALONG])
def test_the_help_names_every_command_and_there_is_one(name: str) -> None:
    told = CliRunner().invoke(regulars, ["--help"]).output

    assert f"  {name} " in told
    assert regulars.get_command(click.Context(regulars), name) is not None


def test_what_comes_along_is_listed_once_also_when_its_plugin_is_loaded() -> None:
    context = click.Context(regulars)
    for name in ALONG:
        assert regulars.get_command(context, name) is not None

    names = regulars.list_commands(context)

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", ALONG)
def test_the_command_of_a_plugin_that_is_switched_off_is_not_listed(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    plugin, does = ALONG[name]
    monkeypatch.setenv("REGULARS_DISABLE", f"other, {plugin}")
    told = subprocess.run(
        [sys.executable, "-m", "regulars", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert "experiments" in told
    assert does not in told


def test_bytes_that_are_no_text_are_refused_before_anything_happens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = run_command_line(["experiments", "playbook.yaml", "x", "--assign", "caf\udce9"])

    assert status == 2
    assert "'caf\ufffd' is no UTF-8 text" in capsys.readouterr().err
