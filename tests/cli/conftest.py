from __future__ import annotations

from tests.runs.conftest import client

__all__ = ["client"]
