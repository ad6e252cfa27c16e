from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from regulars.hooks import PluginInfo, Plugins
from regulars.hooks.offers import FAMILIES
from regulars.playbook.conditions import PluginCondition
from regulars.playbook.messages import Channel
from regulars.playbook.sources import Source
from regulars.playbook.traits import PluginTrait
from regulars.playbook.triggers import PluginTrigger

Found = Callable[[Plugins, str], PluginInfo]
Loose = Callable[..., Path]

START = """
import itertools
from contextlib import nullcontext
from pathlib import Path
from pydantic import BaseModel, Field
from regulars.hooks import (
    ChannelKind, ConditionKind, ConnectorKind, LayoutKind, Settings, StarterKind, TraitKind,
    hookimpl,
)

class Nothing(Settings):
    pass

class Lax(BaseModel):
    pass

class Greedy(Settings):
    use: str

class Aliased(Settings):
    receiver: str = Field(alias="to")

def compile(config, columns, moment):
    return None

def condition(name="fine", summary="A summary", config=Nothing, compile=compile):
    return ConditionKind(name, summary, config, compile)

class Evil:
    def __repr__(self):
        raise ValueError

@hookimpl
def regulars_conditions():
"""

JUNK = {
    "return None": "it gave None; return a list, an empty one for nothing",
    "return 'abc'": "it gave 'abc'; return a list",
    "return {'a': condition()}": "return a list, an empty one for nothing",
    "return condition()": "return a list, an empty one for nothing",
    "return Evil()": "it gave a Evil; return a list",
    "return [ConditionKind]": "which is no ConditionKind",
    "return [TraitKind('t', 's', Nothing, 'integer', compile)]": "which is no ConditionKind",
    "return [condition(), condition()]": "it offers the condition 'fine' twice",
    "return [condition('Fine')]": "condition 'Fine': a name is lower-case letters, digits",
    "return [condition('9lives')]": "starts with a letter",
    "return [condition('two words')]": "a name is lower-case letters",
    "return [condition('newline\\n')]": "a name is lower-case letters",
    "return [condition(7)]": "condition 7: a name is lower-case letters",
    "return [condition('x' * 81)]": "at most 80 characters",
    "return [condition(summary='')]": "its summary must be one line of text",
    "return [condition(summary='a\\nb')]": "its summary must be one line of text",
    "return [condition(config=dict)]": "its config must be a pydantic model",
    "return [condition(config=Nothing())]": "its config must be a pydantic model",
    "return [condition(config=Lax)]": 'its config Lax must refuse unknown words: extra="forbid"',
    "return [condition(config=Greedy)]": "its setting 'use' is a word of the playbook; rename it",
    "return [condition(compile=None)]": "its compile must be a function",
    "return (condition(f'c{n}') for n in itertools.count())": "more than 1,000 things",
    "raise ValueError('early')": "ValueError: early (plugins.py, line ",
    "yield condition('early')\n    raise ValueError('late')": "ValueError: late (plugins.py, line ",
    "yield condition('early')\n    raise SystemExit('late')": "SystemExit: late",
}


@pytest.mark.parametrize("code", JUNK)
def test_junk_on_offer_breaks_the_plugin_and_says_what_is_wrong(
    code: str, loose: Loose, found: Found
) -> None:
    plugins = Plugins.load(files=[loose(f"{START}    {code}\n")])

    info = found(plugins, "plugins")
    assert JUNK[code] in (info.broken or "")
    assert (info.broken or "").startswith("regulars_conditions: ")
    assert info.offers == {}
    assert not plugins.conditions


OTHER_FAMILIES = {
    "regulars_channels(): return [ChannelKind('c', 's', Aliased, nullcontext)]": (
        "channel 'c': its setting 'to' is a word of the playbook"
    ),
    "regulars_channels(): return [ChannelKind('c', 's', Nothing, nullcontext, ('fax',))]": (
        "its accepts must name some of email, text and data"
    ),
    "regulars_channels(): return [ChannelKind('c', 's', Nothing, nullcontext, ())]": (
        "its accepts must name some of email, text and data"
    ),
    "regulars_channels(): return [ChannelKind('c', 's', Nothing, 'open')]": (
        "its open must be a function"
    ),
    "regulars_traits(): return [TraitKind('t', 's', Nothing, 'money', compile)]": (
        "its type must be one of integer, number, text, time"
    ),
    "regulars_templates(): return [LayoutKind('l', 's', 'here')]": (
        "its folder must be a pathlib.Path"
    ),
    "regulars_templates(): return [LayoutKind('l', 's', Path(__file__).parent)]": (
        "layout 'l': its folder has no l.html.j2"
    ),
    "regulars_templates(): return [StarterKind('s', 's', Path('no-such-folder'))]": (
        "starter 's': its folder does not exist"
    ),
    "regulars_templates(): return [condition()]": "which is no LayoutKind or StarterKind",
}


@pytest.mark.parametrize("code", OTHER_FAMILIES)
def test_every_family_holds_its_kinds_to_what_they_promise(
    code: str, loose: Loose, found: Found
) -> None:
    path = loose(f"{START}    return []\n\n@hookimpl\ndef {code}\n")

    broken = found(Plugins.load(files=[path]), "plugins").broken

    assert OTHER_FAMILIES[code] in (broken or "")


def test_a_plugin_with_one_bad_offer_offers_nothing_at_all(loose: Loose, found: Found) -> None:
    code = f"{START}    return [condition('good')]\n\n@hookimpl\ndef regulars_traits(): 1 / 0\n"

    plugins = Plugins.load(files=[loose(code)])

    assert "good" not in plugins.conditions
    assert "regulars_traits: ZeroDivisionError" in (found(plugins, "plugins").broken or "")


def test_a_name_may_be_used_once_in_each_family(loose: Loose, found: Found) -> None:
    code = (
        f"{START}    return [condition('same')]\n\n@hookimpl\ndef regulars_traits():\n"
        "    return [TraitKind('same', 's', Nothing, 'integer', compile)]\n"
    )

    offers = found(Plugins.load(files=[loose(code)]), "plugins").offers

    assert offers == {"conditions": ("same",), "traits": ("same",)}


def test_the_words_that_plugins_may_not_use_are_those_of_the_playbook() -> None:
    words = {family.name: set(family.words) for family in FAMILIES}

    assert words["connectors"] == set(Source.model_fields)
    assert words["channels"] == set(Channel.model_fields)
    assert words["conditions"] == set(PluginCondition.model_fields)
    assert words["traits"] == set(PluginTrait.model_fields)
    assert words["triggers"] == set(PluginTrigger.model_fields)
