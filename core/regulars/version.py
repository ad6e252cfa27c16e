"""Which regulars this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version as version_of


@cache
def version() -> str:
    """The version that is installed."""
    return version_of("regulars")
