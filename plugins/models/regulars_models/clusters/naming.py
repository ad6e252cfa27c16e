"""Names of groups: by the traits in which they are furthest from everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TELLING = 0.4  # standard deviations from the middle that are worth a word
WORDS = 2  # traits in a name at first


def names_of(traits: Sequence[str], centres: NDArray[np.float64]) -> list[str]:
    """A name for each of ``centres``, in standard deviations by trait; no two are the same."""
    for words in range(min(WORDS, len(traits)), len(traits) + 1):
        names = [_name(traits, centre, words) for centre in centres]
        if len(set(names)) == len(names):
            return names
    return [f"{name} ({place})" for place, name in enumerate(names, start=1)]


def _name(traits: Sequence[str], centre: NDArray[np.float64], words: int) -> str:
    furthest = np.sort(np.argsort(-np.abs(centre), kind="stable")[:words])
    said = [
        f"{'high' if centre[place] > 0 else 'low'} {traits[place]}"
        for place in furthest
        if abs(centre[place]) >= TELLING
    ]
    return ", ".join(said) or "in the middle"
