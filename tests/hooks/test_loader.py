from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from regulars.hooks import PluginInfo, Plugins

Found = Callable[[Plugins, str], PluginInfo]
Distribution = Callable[..., str]
Loose = Callable[..., Path]

HEALTHY = """
    from regulars.hooks import ConditionKind, Settings, hookimpl

    class Nothing(Settings):
        pass

    @hookimpl
    def regulars_conditions():
        return [ConditionKind("healthy", "always true", Nothing, lambda c, k, m: None)]
"""

HOSTILE = {
    "an error on import": ("raise ValueError('no luck')", "ValueError: no luck"),
    "an import that is missing": ("import nowhere_to_be_found", "ModuleNotFoundError: No module"),
    "a syntax error": ("def (", "SyntaxError: invalid syntax"),
    "an exit on import": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "an exception that is no Exception": (
        "class Panic(BaseException): pass\nraise Panic('rust')",
        "Panic: rust",
    ),
    "an exception that can't be shown": (
        "class Odd(Exception):\n    def __str__(self): raise self\nraise Odd",
        "Odd (",
    ),
    "no hook": ("x = 1", "implements no hook"),
    "a hook without its mark": (
        "def regulars_channels(): return []",
        "regulars_channels is not marked with @hookimpl",
    ),
    "a misspelt hook": (
        "from regulars.hooks import hookimpl\n@hookimpl\ndef regulars_chanels(): return []",
        "there is no hook 'regulars_chanels' (did you mean 'regulars_channels'?)",
    ),
    "an argument that the hook doesn't have": (
        "from regulars.hooks import hookimpl\n@hookimpl\ndef regulars_sent(mail): pass",
        "regulars_sent has no argument 'mail'; it has message, receipt, run",
    ),
    "a wrapper": (
        (
            "import pluggy\n@pluggy.HookimplMarker('regulars')(wrapper=True)\n"
            "def regulars_channels():\n    return (yield)"
        ),
        "regulars_channels is a wrapper",
    ),
    "an old wrapper": (
        (
            "import pluggy\n@pluggy.HookimplMarker('regulars')(hookwrapper=True)\n"
            "def regulars_may_send(message):\n    yield"
        ),
        "regulars_may_send is a wrapper",
    ),
    "a claim to be the first result": (
        (
            "import pluggy\n@pluggy.HookimplMarker('regulars')(firstresult=True)\n"
            "def regulars_may_send(message): return None"
        ),
        "TypeError",
    ),
    "an async hook": (
        "from regulars.hooks import hookimpl\n@hookimpl\nasync def regulars_sent(message): pass",
        "regulars_sent is async",
    ),
    "a yield where none belongs": (
        "from regulars.hooks import hookimpl\n@hookimpl\ndef regulars_sent(message):\n    yield",
        "regulars_sent has a yield in it",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_plugin_is_broken_by_name_and_harms_no_other(
    case: str, distribution: Distribution, found: Found
) -> None:
    code, reason = HOSTILE[case]
    distribution("aaa-first", HEALTHY.replace("healthy", "earlier"))
    distribution("hostile", code, version="0.3")
    distribution("zzz-last", HEALTHY)

    plugins = Plugins.load()

    info = found(plugins, "hostile")
    assert reason in (info.broken or "")
    assert "\n" not in (info.broken or "")
    assert (info.distribution, info.version) == ("regulars-hostile", "0.3")
    assert {"earlier", "healthy"} <= set(plugins.conditions)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("{module}:nowhere", "AttributeError"),
        ("no such module!", "no module and no module:attribute"),
        ("no_such_module_anywhere", "ModuleNotFoundError"),
    ],
)
def test_an_entry_point_to_nowhere_is_broken(
    value: str, reason: str, distribution: Distribution, found: Found
) -> None:
    distribution("lost", HEALTHY, value=value)

    assert reason in (found(Plugins.load(), "lost").broken or "")


def test_the_reason_says_where_in_the_plugin_it_happened(loose: Loose, found: Found) -> None:
    path = loose("a = 1\nb = 0\nc = a / b\n")

    broken = found(Plugins.load(files=[path]), "plugins").broken

    assert broken == "ZeroDivisionError: division by zero (plugins.py, line 3)"


CLASS = """
    from regulars.hooks import ConditionKind, Settings, hookimpl

    class Nothing(Settings):
        pass

    class Plugin:
        name = "of-a-class"

        @hookimpl
        def regulars_conditions(self):
            return [ConditionKind(self.name, "always true", Nothing, lambda c, k, m: None)]

    instance = Plugin()
    instance.name = "of-an-instance"

    class Greedy(Plugin):
        def __init__(self, wanted):
            pass
"""


@pytest.mark.parametrize(
    ("attribute", "name"), [("Plugin", "of-a-class"), ("instance", "of-an-instance")]
)
def test_a_plugin_may_be_a_class_or_an_instance(
    attribute: str, name: str, distribution: Distribution
) -> None:
    distribution("object", CLASS, value=f"{{module}}:{attribute}")

    assert name in Plugins.load().conditions


def test_a_class_that_needs_arguments_is_broken(distribution: Distribution, found: Found) -> None:
    distribution("object", CLASS, value="{module}:Greedy")

    assert "missing 1 required positional argument" in (
        found(Plugins.load(), "object").broken or ""
    )


def test_a_chatty_plugin_leaves_stdout_to_results(
    loose: Loose, capsys: pytest.CaptureFixture[str]
) -> None:
    Plugins.load(files=[loose("print('hello from the plugin')")])

    assert capsys.readouterr() == ("", "hello from the plugin\n")


def test_ctrl_c_during_an_import_stops_everything(loose: Loose) -> None:
    path = loose("raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        Plugins.load(files=[path])
