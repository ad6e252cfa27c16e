from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import jinja2
import pytest
from click.testing import CliRunner
from regulars.errors import PluginError
from regulars.hooks import PluginInfo, Plugins

Found = Callable[[Plugins, str], PluginInfo]
Loose = Callable[..., Path]

COMMANDS = """
    import click
    from regulars.hooks import hookimpl

    @hookimpl
    def regulars_commands(cli):
        @cli.command()
        def greet():
            click.echo("Hello!")
"""


@pytest.fixture
def cli() -> click.Group:
    group = click.Group("regulars")
    group.add_command(click.Command("run", callback=lambda: click.echo("the real one")))
    return group


def test_a_plugin_adds_a_command(loose: Loose, cli: click.Group) -> None:
    Plugins.load(files=[loose(COMMANDS)]).commands(cli)

    assert CliRunner().invoke(cli, ["greet"]).output == "Hello!\n"


@pytest.mark.parametrize("wrong", ["raise ValueError", "cli.commands.pop('run')"])
def test_a_command_of_a_plugin_that_fails_is_missing_with_a_warning(
    wrong: str, loose: Loose, cli: click.Group, caplog: pytest.LogCaptureFixture
) -> None:
    path = loose(f"{COMMANDS}\n        {wrong}\n")

    Plugins.load(files=[path]).commands(cli)

    assert "run" in cli.commands
    assert "greet" not in cli.commands
    assert caplog.messages[0].startswith(f"plugins ({path}): regulars_commands: ")


@pytest.mark.parametrize(("name", "taken"), [("run", ()), ("check", ("check",))])
def test_no_plugin_replaces_a_command(
    name: str,
    taken: tuple[str, ...],
    loose: Loose,
    cli: click.Group,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = loose(COMMANDS.replace("greet", name))

    Plugins.load(files=[path]).commands(cli, taken=taken)

    assert CliRunner().invoke(cli, ["run"]).output == "the real one\n"
    assert f"it replaced the command '{name}'; choose another name" in caplog.messages[0]


JINJA = """
    from regulars.hooks import ConditionKind, Settings, hookimpl

    @hookimpl
    def regulars_jinja(environment):
        environment.filters["stars"] = lambda count: "*" * count
        environment.tests["tiny"] = lambda count: count < 2
        environment.globals["shop"] = "Corner Bakery"

    @hookimpl
    def regulars_conditions():
        return [ConditionKind("mine", "s", Settings, lambda c, k, m: None)]
"""


def test_a_plugin_adds_filters_tests_and_globals(loose: Loose) -> None:
    environment = jinja2.Environment(autoescape=True)

    Plugins.load(files=[loose(JINJA)]).jinja(environment)

    template = "{{ shop }} {{ 3 | stars }} {{ 1 is tiny }}"
    assert environment.from_string(template).render() == "Corner Bakery *** True"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("raise ValueError('no')", "ValueError: no"),
        ("environment.filters['escape'] = str", "it replaced the filter 'escape'"),
        ("environment.globals.clear()", "it replaced the global "),
    ],
)
def test_a_plugin_that_fails_to_set_templates_up_is_broken_and_leaves_nothing(
    wrong: str, reason: str, loose: Loose, found: Found
) -> None:
    code = JINJA.replace('environment.tests["tiny"]', f"{wrong}; environment.tests['tiny']")
    environment = jinja2.Environment(autoescape=True)
    before = dict(environment.filters), dict(environment.globals)
    plugins = Plugins.load(files=[loose(code)])

    plugins.jinja(environment)

    assert (environment.filters, environment.globals) == before
    assert reason in (found(plugins, "plugins").broken or "")
    with pytest.raises(PluginError, match="regulars_jinja"):
        plugins.find("conditions", "mine")


def test_every_first_party_plugin_works_and_comes_first(loose: Loose) -> None:
    infos = Plugins.load(files=[loose(COMMANDS)]).infos

    first = [info for info in infos if info.distribution == "regulars"]
    assert {info.name: info.broken for info in first if info.broken} == {}
    assert infos[: len(first)] == tuple(first)


def test_what_a_plugin_offers_can_not_be_changed_from_outside() -> None:
    channels = Plugins.load().channels

    with pytest.raises(TypeError):
        channels["x"] = channels["outbox"]  # type: ignore[index]
