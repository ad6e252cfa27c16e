"""What ``import regulars`` promises, and how fast it is there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import regulars
import regulars.hooks

if TYPE_CHECKING:
    from types import ModuleType

SLOW = {"pydantic", "sqlalchemy", "jinja2", "pluggy", "numpy", "importlib.metadata"}


@pytest.mark.parametrize("module", [regulars, regulars.hooks], ids=lambda module: module.__name__)
def test_every_public_name_is_there_and_sorted(module: ModuleType) -> None:
    assert all(getattr(module, name) is not None for name in module.__all__)
    assert list(module.__all__) == sorted(set(module.__all__))
    assert set(module.__all__) <= set(dir(module))


def test_the_public_face_of_regulars_is_this() -> None:
    assert regulars.__all__ == [
        "BusyError",
        "Loaded",
        "PermanentError",
        "Playbook",
        "PlaybookError",
        "PluginError",
        "Plugins",
        "Problem",
        "RegularsError",
        "SourceError",
        "StoreError",
        "Summary",
        "TemporaryError",
        "UnknownOutcome",
        "__version__",
        "hookimpl",
        "load_playbook",
        "plan",
        "run",
    ]


@pytest.mark.parametrize("module", [regulars, regulars.hooks], ids=lambda module: module.__name__)
def test_a_name_that_is_not_there_is_an_attribute_error(module: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nowhere'"):
        _ = module.nowhere


@pytest.mark.parametrize("module", ["regulars", "regulars.hooks"])
def test_importing_it_loads_nothing_slow(module: str) -> None:
    code = f"import sys; old = set(sys.modules); import {module}; print(*set(sys.modules) - old)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not SLOW & set(done.stdout.split())


def test_listing_plugins_loads_nothing_that_only_their_use_needs() -> None:
    code = "import sys; from regulars.hooks import Plugins; Plugins.load(); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"pyarrow", "jinja2", "numpy"} & set(done.stdout.split())
