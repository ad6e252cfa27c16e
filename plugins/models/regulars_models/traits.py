"""The traits that a playbook lets a model look at."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def _once(traits: tuple[str, ...]) -> tuple[str, ...]:
    for place, trait in enumerate(traits):
        if trait in traits[:place]:
            raise ValueError(f"'{trait}' stands there twice; say it once")
    return traits


Traits = Annotated[tuple[str, ...], AfterValidator(_once)]
