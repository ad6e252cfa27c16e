"""The words that belong to plugins."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from regulars.playbook.loading import Loaded

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]

PLUGIN = """
from typing import Literal

from pydantic import field_validator
from sqlalchemy import false
from regulars.hooks import ConditionKind, Settings, TraitKind, TriggerKind, hookimpl


class Weather(Settings):
    sky: Literal["sunny", "rainy"]
    degrees: int = 20

    @field_validator("degrees")
    @classmethod
    def _bearable(cls, degrees):
        if degrees > 60:
            raise RuntimeError("melted")
        return degrees


def nothing(*_):
    return false()


@hookimpl
def regulars_conditions():
    return [ConditionKind("weather", "The sky above", Weather, nothing)]


@hookimpl
def regulars_traits():
    return [TraitKind("days", "Days", Weather, "integer", nothing)]


@hookimpl
def regulars_triggers():
    return [TriggerKind("storm", "A storm", Weather, nothing)]
"""


@pytest.fixture
def weather(folder: Path) -> str:
    (folder / "weather.py").write_text(PLUGIN)
    return "plugins: [./weather.py]\n"


def test_a_plugins_own_words_are_checked_where_they_stand(shop: Problems, weather: str) -> None:
    text = weather + textwrap.dedent("""\
        traits:
          t: {use: days, sky: sunny, degrees: warm}
        segments:
          s:
            any:
              - {use: weather, sky: suny}
              - {use: weather, skyy: sunny}
        journeys:
          j: {when: {use: storm}, steps: [{if: {use: wether}, then: []}]}
        """)
    told = shop(text)
    assert told[:-1] == [
        "playbook.yaml:4:39: traits.t.degrees: should be a whole number, not 'warm'",
        (
            "playbook.yaml:8:29: segments.s.any[0].sky: should be sunny or rainy, not 'suny' "
            "(did you mean 'sunny'?)"
        ),
        "playbook.yaml:9:9: segments.s.any[1]: 'sky' is missing",
        "playbook.yaml:9:24: segments.s.any[1]: unknown field 'skyy' (did you mean 'sky'?)",
        "playbook.yaml:11:7: journeys.j.when: 'sky' is missing",
    ]
    assert "'wether' (did you mean 'weather'?)" in told[-1]


def test_a_plugin_that_fails_while_it_checks_is_told(shop: Problems, weather: str) -> None:
    (told,) = shop(weather + "segments: {s: {use: weather, sky: sunny, degrees: 99}}")
    assert told == (
        "playbook.yaml:3:21: segments.s: the plugin that offers weather failed: "
        "RuntimeError: melted"
    )


def test_good_settings_are_no_problem(load: Load, weather: str) -> None:
    text = f"extends: shop.yaml\n{weather}segments: {{s: {{use: weather, sky: sunny}}}}"
    assert load(text).playbook.segments["s"].settings == {"sky": "sunny"}  # type: ignore[union-attr]


def test_unknown_words_of_sources_and_channels_are_told_with_both_vocabularies(
    shop: Problems,
) -> None:
    text = "sources: {people: {pth: x, on_bad_rows: stop}}\nchannels: {email: {form: x}}"
    assert shop(text) == [
        "playbook.yaml:2:20: sources.people: unknown field 'pth' (did you mean 'path'?)",
        (
            "playbook.yaml:2:28: sources.people: unknown field 'on_bad_rows' "
            "(did you mean 'on_bad_row'?)"
        ),
        "playbook.yaml:3:20: channels.email: unknown field 'form' (did you mean 'from'?)",
    ]


def test_a_missing_plugin_file_is_told_where_it_is_named(shop: Problems) -> None:
    (told,) = shop("plugins:\n  - ./nowhere.py\n")
    assert told.startswith("playbook.yaml:3:5: plugins: there is no plugin file ")


def test_a_plugin_that_is_not_installed_is_told_where_it_is_named(shop: Problems) -> None:
    (told,) = shop("plugins: [twilioo]\n")
    assert told.startswith("playbook.yaml:2:11: plugins: there is no plugin 'twilioo'")


def test_a_plugin_that_fails_on_import_is_told_where_it_is_named(
    folder: Path, shop: Problems
) -> None:
    (folder / "broken.py").write_text("import nothing_like_it\n")
    (told,) = shop("plugins: [./broken.py]\n")
    assert told.startswith("playbook.yaml:2:11: plugins: broken (")
    assert "is broken: ModuleNotFoundError: No module named 'nothing_like_it'" in told


def test_a_plugin_that_is_switched_off_is_not_there(shop: Problems) -> None:
    (told,) = shop("locale: de_DE\n", {"REGULARS_DISABLE": "csv , nothing"})[:1]
    assert told.startswith("shop.yaml:")
    assert "switched off by REGULARS_DISABLE" in told


@pytest.mark.parametrize("written", ["twilio", "{a: b}", "[3]"])
def test_plugins_is_a_list_of_names(shop: Problems, written: str) -> None:
    (told,) = shop(f"plugins: {written}\n")
    assert told.startswith("playbook.yaml:2:1")
