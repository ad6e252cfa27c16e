from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from regulars.errors import PluginError
from regulars.hooks import Plugins

Distribution = Callable[..., str]
Loose = Callable[..., Path]


def reason(plugins: Plugins, family: str, name: str) -> str:
    with pytest.raises(PluginError) as error:
        plugins.find(family, name)
    return str(error.value)


def test_a_name_on_offer_is_found() -> None:
    assert Plugins.load().find("channels", "outbox").name == "outbox"


def test_a_misspelt_name_is_answered_with_the_closest() -> None:
    said = reason(Plugins.load(), "channels", "oubtox")

    assert said.startswith("there is no channel 'oubtox' (did you mean 'outbox'?); there are ")


def test_a_family_without_any_offer_says_so() -> None:
    said = reason(Plugins.load(), "traits", "loyalty")

    assert said.startswith("there is no trait 'loyalty'; no plugin offers any")


def test_a_broken_plugin_is_named_where_a_playbook_uses_it(distribution: Distribution) -> None:
    distribution("twilio", "import no_such_sdk")

    said = reason(Plugins.load(), "channels", "twilio")

    assert said.startswith(
        "the channel 'twilio' can't be used, because twilio (regulars-twilio 1.2) is broken: "
        "ModuleNotFoundError: No module named 'no_such_sdk' ("
    )


def test_a_broken_plugin_of_another_name_is_a_possible_cause(distribution: Distribution) -> None:
    distribution("hello", "raise ValueError('late night')")

    said = reason(Plugins.load(), "channels", "postcard")

    assert "hello (regulars-hello 1.2) is broken: ValueError: late night" in said


def test_what_a_broken_plugin_offers_is_known_by_name(loose: Loose) -> None:
    path = loose(
        """
        from regulars.hooks import ConditionKind, Settings, hookimpl

        @hookimpl
        def regulars_conditions():
            return [ConditionKind("good", "s", Settings, lambda c, k, m: None)]

        @hookimpl
        def regulars_traits():
            raise ValueError("bad")
        """
    )

    said = reason(Plugins.load(files=[path]), "conditions", "good")

    assert f"because plugins ({path}) is broken: regulars_traits: ValueError: bad" in said


def test_a_plugin_that_was_not_imported_is_named_with_the_cause(distribution: Distribution) -> None:
    distribution("twilio", "raise SystemExit")

    off = reason(Plugins.load(disabled=["twilio"]), "channels", "twilio")
    unlisted = reason(Plugins.load(allow=[]), "channels", "twilio")

    assert off.endswith("twilio (regulars-twilio 1.2) is switched off by REGULARS_DISABLE")
    assert unlisted.endswith("twilio (regulars-twilio 1.2) is not among the playbook's plugins")


def test_the_families_say_the_same_of_a_name_that_nobody_offers() -> None:
    plugins = Plugins.load()

    with pytest.raises(PluginError) as error:
        plugins.channels["oubtox"]
    assert str(error.value) == reason(plugins, "channels", "oubtox")
    assert "oubtox" not in plugins.channels
    assert plugins.channels.get("oubtox") is None
