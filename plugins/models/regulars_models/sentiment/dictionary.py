"""Texts read by a dictionary of English: VADER, of the extra ``sentiment``.

Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text", ICWSM 2014.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from string import punctuation
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MISSING = "VADER isn't installed: install regulars[sentiment], or rate reviews and write stars."


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("vaderSentiment") is not None


# Words of its lexicon that mean something else in other languages, where they are common.
ELSEWHERE = frozenset(
    "chance die genial grave hell kind no pain sin super top war".split()  # noqa: SIM905 (shorter)
)


def moods(texts: Sequence[str]) -> NDArray[np.float64]:
    """VADER's compound of each text, -1 to 1; NaN where it knows no word."""
    return np.array([_mood(text) for text in texts], np.float64)


def known(texts: Sequence[str]) -> int:
    """How many of the texts have a word that the dictionary knows, and that is English."""
    return sum(bool(_known_words(text) - ELSEWHERE) for text in texts)


def _mood(text: str) -> float:
    compound = float(_reader().polarity_scores(text)["compound"])
    return compound if compound or _known_words(text) else np.nan


def _known_words(text: str) -> set[str]:
    words = text.lower().split()
    return {word for word in words + [w.strip(punctuation) for w in words] if _knows(word)}


def _knows(word: str) -> bool:
    return word in _reader().lexicon


@cache
def _reader() -> Any:
    from vaderSentiment.vaderSentiment import (  # noqa: PLC0415 (an extra)
        SentimentIntensityAnalyzer,
    )

    return SentimentIntensityAnalyzer()
