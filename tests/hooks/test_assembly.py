from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from regulars.errors import PluginError
from regulars.hooks import PluginInfo, Plugins

Found = Callable[[Plugins, str], PluginInfo]
Distribution = Callable[..., str]
Loose = Callable[..., Path]

PIGEON = """
    from contextlib import nullcontext
    from regulars.hooks import ChannelKind, Settings, hookimpl

    class Nothing(Settings):
        pass

    @hookimpl
    def regulars_channels():
        return [ChannelKind("pigeon", "{summary}", Nothing, lambda c, k: nullcontext())]
"""


def test_of_two_plugins_with_one_name_on_offer_the_second_is_broken_and_names_the_first(
    distribution: Distribution, found: Found
) -> None:
    distribution("loft", PIGEON.replace("{summary}", "from the loft"), version="2.0")
    distribution("roof", PIGEON.replace("{summary}", "from the roof"))

    plugins = Plugins.load()

    assert plugins.channels["pigeon"].summary == "from the loft"
    assert found(plugins, "loft").broken is None
    assert found(plugins, "roof").broken == (
        "loft (regulars-loft 2.0) offers the channel 'pigeon' already"
    )


def test_nobody_can_take_the_place_of_a_first_party_plugin(
    distribution: Distribution, found: Found
) -> None:
    code = PIGEON.replace("pigeon", "outbox").replace("{summary}", "not the real one")
    distribution("aaa", code)

    plugins = Plugins.load()

    assert plugins.channels["outbox"].summary != "not the real one"
    assert "outbox (regulars " in (found(plugins, "aaa").broken or "")


def test_two_distributions_with_one_plugin_name_are_told_apart(distribution: Distribution) -> None:
    distribution("loft", PIGEON.replace("{summary}", "a"), name="a-loft")
    distribution("loft", PIGEON.replace("pigeon", "crow"), name="b-loft")

    plugins = Plugins.load()

    infos = {info.distribution: info.broken for info in plugins.infos if info.name == "loft"}
    assert infos == {
        "a-loft": None,
        "b-loft": "loft (a-loft 1.2) has the same name; switch one of the two off",
    }
    assert "crow" not in plugins.channels


def test_a_playbook_that_names_its_plugins_imports_no_others(
    distribution: Distribution, found: Found
) -> None:
    wanted = distribution("loft", PIGEON)
    unwanted = distribution("roof", PIGEON)

    plugins = Plugins.load(allow=["loft"])

    assert wanted in sys.modules
    assert unwanted not in sys.modules
    assert found(plugins, "roof").off == "not among the playbook's plugins"
    assert "outbox" in plugins.channels


def test_a_loose_file_needs_no_other_permission(loose: Loose) -> None:
    assert "pigeon" in Plugins.load(allow=[], files=[loose(PIGEON)]).channels


def test_a_plugin_that_is_not_installed_is_an_error_with_a_suggestion(
    distribution: Distribution,
) -> None:
    distribution("twilio", PIGEON)

    with pytest.raises(PluginError) as error:
        Plugins.load(allow=["twillio"])

    assert str(error.value) == (
        "there is no plugin 'twillio' (did you mean 'twilio'?); "
        "install its distribution, or take it out of plugins"
    )


def test_a_plugin_that_is_switched_off_is_not_imported(
    distribution: Distribution, found: Found
) -> None:
    module = distribution("loft", PIGEON)

    plugins = Plugins.load(disabled={"loft", "outbox"})

    assert module not in sys.modules
    assert not {"pigeon", "outbox"} & set(plugins.channels)
    assert found(plugins, "loft").off == "switched off by REGULARS_DISABLE"
    assert found(plugins, "outbox").off == "switched off by REGULARS_DISABLE"


def test_switching_off_what_is_not_there_is_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Plugins.load(disabled={"outbux"})

    assert caplog.messages == ["there is no plugin 'outbux' to switch off"]


def test_switching_one_of_two_off_ends_their_conflict(distribution: Distribution) -> None:
    distribution("loft", PIGEON)
    distribution("roof", PIGEON.replace("{summary}", "from the roof"))

    assert Plugins.load(disabled=["loft"]).channels["pigeon"].summary == "from the roof"


def test_a_plugin_of_a_bad_name_is_broken_and_not_imported(
    distribution: Distribution, found: Found
) -> None:
    module = distribution("Bad Name", PIGEON)

    info = found(Plugins.load(), "Bad Name")

    assert info.broken == "its name must be lower-case letters, digits, - and _"
    assert module not in sys.modules


def test_two_loads_share_nothing(loose: Loose) -> None:
    alone = Plugins.load()
    more = Plugins.load(files=[loose(PIGEON)])

    assert ("pigeon" in alone.channels, "pigeon" in more.channels) == (False, True)
