"""Texts read by a dictionary of English: VADER, of the extra ``sentiment``.

Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text", ICWSM 2014.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MISSING = "VADER isn't installed: install regulars[sentiment], or rate reviews and write stars."


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("vaderSentiment") is not None


def moods(texts: Sequence[str]) -> NDArray[np.float64]:
    """VADER's compound of each text, -1 to 1."""
    reader = _reader()
    return np.array([reader.polarity_scores(text)["compound"] for text in texts], np.float64)


@cache
def _reader() -> Any:
    from vaderSentiment.vaderSentiment import (  # noqa: PLC0415 (an extra)
        SentimentIntensityAnalyzer,
    )

    return SentimentIntensityAnalyzer()
