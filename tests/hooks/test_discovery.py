from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from regulars.errors import PluginError
from regulars.hooks import PluginInfo, Plugins

Found = Callable[[Plugins, str], PluginInfo]
Distribution = Callable[..., str]
Loose = Callable[..., Path]

TEN_LINES = """
    from dataclasses import dataclass
    from regulars.hooks import ConditionKind, Settings, hookimpl

    class Nothing(Settings):
        pass

    @hookimpl
    def regulars_conditions():
        return [ConditionKind("mine", "always true", Nothing, lambda c, k, m: None)]
"""


def test_a_loose_file_is_a_plugin_named_after_it(loose: Loose, found: Found) -> None:
    path = loose(TEN_LINES, "our_rules.py")

    plugins = Plugins.load(files=[path])

    info = found(plugins, "our_rules")
    assert (info.distribution, info.version) == (str(path), "")
    assert info.offers == {"conditions": ("mine",)}


def test_a_loose_file_shadows_no_module(loose: Loose) -> None:
    before = sys.modules["json"]

    Plugins.load(files=[loose(TEN_LINES, "json.py")])

    assert sys.modules["json"] is before


def test_a_loose_file_is_read_again_by_the_next_load(loose: Loose) -> None:
    path = loose(TEN_LINES)
    assert "mine" in Plugins.load(files=[path]).conditions

    loose(TEN_LINES.replace("mine", "yours-now"))

    assert "yours-now" in Plugins.load(files=[path]).conditions


def test_two_playbooks_may_each_have_a_file_of_the_same_name(loose: Loose, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first = Plugins.load(files=[loose(TEN_LINES)])
    second = Plugins.load(files=[loose(TEN_LINES.replace("mine", "theirs"), "other/plugins.py")])

    assert ("mine" in first.conditions, "theirs" in first.conditions) == (True, False)
    assert ("mine" in second.conditions, "theirs" in second.conditions) == (False, True)


def test_one_playbook_may_have_two_files_of_the_same_name(loose: Loose, tmp_path: Path) -> None:
    (tmp_path / "agency").mkdir()
    shared = loose(TEN_LINES.replace("mine", "shared"), "agency/plugins.py")

    plugins = Plugins.load(files=[shared, loose(TEN_LINES)])

    assert {"mine", "shared"} <= set(plugins.conditions)


def test_a_file_that_is_named_twice_is_loaded_once(loose: Loose, found: Found) -> None:
    path = loose(TEN_LINES)

    plugins = Plugins.load(files=[path, path.parent / "." / path.name])

    assert found(plugins, "plugins").broken is None


def test_a_loose_file_that_failed_leaves_no_module_behind(loose: Loose) -> None:
    before = set(sys.modules)

    Plugins.load(files=[loose("raise ValueError")])

    assert not [name for name in set(sys.modules) - before if "regulars_plugin" in name]


def test_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"there is no plugin file .*absent\.py; mend its path"):
        Plugins.load(files=[tmp_path / "absent.py"])


def test_a_file_that_is_no_python_is_broken(loose: Loose, found: Found) -> None:
    broken = found(Plugins.load(files=[loose("x", "notes.txt")]), "notes").broken

    assert broken == "it is no Python file; its name must end in .py"


def test_a_stranger_whose_entry_points_are_no_text_stops_nobody(
    site: Path, distribution: Distribution
) -> None:
    distribution("good", TEN_LINES)
    info = site / "garbage-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: garbage\nVersion: 1.0\n")
    (info / "entry_points.txt").write_bytes(b"[regulars]\nno equals sign here\n\xff\xfe")

    assert "mine" in Plugins.load().conditions


def test_a_distribution_without_metadata_is_still_named(
    site: Path, distribution: Distribution, found: Found
) -> None:
    distribution("anonymous", TEN_LINES)
    (site / "regulars_anonymous-1.2.dist-info" / "METADATA").write_text("")

    info = found(Plugins.load(), "anonymous")

    assert (info.distribution, info.version, info.broken) == ("?", "?", None)


def test_a_distribution_that_is_there_twice_counts_once(
    distribution: Distribution,
    tmp_path: Path,
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: Found,
) -> None:
    distribution("double", TEN_LINES)
    other = tmp_path / "other-site"
    site.rename(other)
    site.mkdir()
    monkeypatch.syspath_prepend(str(other))
    distribution("double", TEN_LINES, version="0.9")

    assert found(Plugins.load(), "double").broken is None
