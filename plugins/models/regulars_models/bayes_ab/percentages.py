"""Shares as they are written in a playbook: ``5%``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

PATTERN = r"^\d{1,3}(\.\d{1,9})?%$"


def share(written: object) -> float:
    """0.05 for ``5%``; a default is a share already. Raises ValueError for anything else."""
    if isinstance(written, float) and 0 <= written <= 1:
        return written
    if isinstance(written, str) and re.fullmatch(PATTERN, written):
        value = float(written.removesuffix("%")) / 100
        if value <= 1:
            return value
    raise ValueError(f"{written!r} is not a percentage; write it as 5% or 12.5%")


Share = Annotated[
    float, BeforeValidator(share), WithJsonSchema({"type": "string", "pattern": PATTERN})
]
