"""Fake distributions and loose files: strangers' plugins, most of them hostile."""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from regulars.hooks import Outgoing, PluginInfo, Plugins, RunInfo

HELLO = Path(__file__).parents[2] / "examples" / "plugins" / "regulars-hello"

Distribution = Callable[..., str]
Loose = Callable[..., Path]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed distributions."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(folder) in str(
            sys.modules[name].__file__
        ):
            del sys.modules[name]


@pytest.fixture
def distribution(site: Path) -> Distribution:
    """Install a plugin: ``distribution("twilio", code, name="regulars-twilio")``."""
    numbers = itertools.count()

    def install(
        plugin: str, code: str, *, name: str = "", version: str = "1.2", value: str = ""
    ) -> str:
        module = f"stranger_{next(numbers)}_{plugin.replace('-', '_').replace(' ', '_')}"
        (site / f"{module}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        name = name or f"regulars-{plugin}"
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        points = f"[regulars]\n{plugin} = {value.format(module=module) or module}\n"
        (info / "entry_points.txt").write_text(points)
        return module

    return install


@pytest.fixture
def loose(tmp_path: Path) -> Loose:
    """Write a loose plugin file."""

    def write(code: str, name: str = "plugins.py") -> Path:
        path = tmp_path / name
        path.write_text(textwrap.dedent(code), encoding="utf-8")
        return path

    return write


@pytest.fixture
def run() -> RunInfo:
    return RunInfo("run-1", "corner-bakery", datetime(2026, 3, 1, 9, tzinfo=UTC))


@pytest.fixture
def message(run: RunInfo) -> Outgoing:
    return Outgoing(
        "key-1", "+15550100", "c1", "hello", "text", run.at, text="We kept you a rye bread."
    )


@pytest.fixture(scope="session")
def hello_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with regulars-hello installed as pip installs it; put it on PYTHONPATH."""
    target = tmp_path_factory.mktemp("hello")
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", *options]
    subprocess.run([*pip, "--target", str(target), str(HELLO)], check=True)
    return target


@pytest.fixture
def found() -> Callable[[Plugins, str], PluginInfo]:
    """The one plugin of that name."""

    def find(plugins: Plugins, name: str) -> PluginInfo:
        (info,) = (info for info in plugins.infos if info.name == name)
        return info

    return find
