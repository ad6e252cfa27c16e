"""The benchmarks as modules, so that what they measure with is tested as well."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "bench"


def benchmark(name: str) -> Any:
    """``bench/NAME.py``, which finds its neighbours there as it does when it is run."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return import_module(name)
