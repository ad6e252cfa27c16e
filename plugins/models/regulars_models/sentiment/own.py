"""Texts read by the words of the client's own rated reviews: naive Bayes, with sane confidence.

Multinomial naive Bayes as in McCallum and Nigam, "A Comparison of Event Models for Naive Bayes Text
Classification", AAAI Workshop on Learning for Text Categorization (1998). It counts each word as if
it were news, so it is far too sure; what it says is scaled on reviews that it hasn't seen, after
Platt (1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from regulars_models.logistic import fit_logistic

from .words import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Whole = NDArray[np.int64]

LEAST_WRITERS = 5  # customers who have written a word; a rarer one might tell of one of them
MOST_WORDS = 5_000
FOLDS = 5
SMALL = 2e-3  # the ridge that keeps a scale finite where reviews are told apart without an error


@dataclass(frozen=True)
class Own:
    """What words say: each adds its ``weight``, and the sum is scaled to a probability."""

    vocabulary: Vocabulary
    weights: Floats
    scale: float
    shift: float

    def moods(self, texts: Sequence[str]) -> Floats:
        """-1 to 1 for each text; NaN where no word is known."""
        counted = self.vocabulary.counted(texts)
        total = counted @ self.weights
        known = np.asarray(counted.sum(axis=1)).ravel() > 0
        return np.where(known, 2 * expit(self.scale * total + self.shift) - 1, np.nan)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """As arrays to keep."""
        return {
            "words": np.array(self.vocabulary.words, dtype=np.str_),
            "weights": self.weights,
            "scaled": np.array([self.scale, self.shift]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Own:
        """What was kept."""
        scale, shift = arrays["scaled"].astype(float)
        words = tuple(str(word) for word in arrays["words"])
        return cls(Vocabulary(words), arrays["weights"].astype(float), float(scale), float(shift))


def learn(texts: Sequence[str], writers: Whole, happy: Bools) -> tuple[Own, Floats]:
    """What words say of being ``happy``, and the moods of all texts by words of other customers.

    The second is how it does on reviews that it hasn't seen: no customer is in two folds.
    """
    unseen = np.full(len(texts), np.nan)
    fold = writers % FOLDS
    for number in range(FOLDS):
        held = fold == number
        if held.any() and len(np.unique(happy[~held])) == 2:  # noqa: PLR2004 (both kinds)
            vocabulary, weights = _weights(_some(texts, ~held), writers[~held], happy[~held])
            unseen[held] = vocabulary.counted(_some(texts, held)) @ weights
    known = ~np.isnan(unseen)
    scale, shift = _scaled(unseen[known], happy[known])
    vocabulary, weights = _weights(texts, writers, happy)
    return Own(vocabulary, weights, scale, shift), 2 * expit(scale * unseen + shift) - 1


def _some(texts: Sequence[str], chosen: Bools) -> list[str]:
    return [text for text, held in zip(texts, chosen, strict=True) if held]


def _weights(texts: Sequence[str], writers: Whole, happy: Bools) -> tuple[Vocabulary, Floats]:
    """Each word's log-odds, as if it had been seen once more in either kind."""
    vocabulary = Vocabulary.of(texts, writers.tolist(), LEAST_WRITERS, MOST_WORDS)
    counted = vocabulary.counted(texts)
    yes = np.asarray(counted[np.flatnonzero(happy)].sum(axis=0)).ravel() + 1.0
    no = np.asarray(counted[np.flatnonzero(~happy)].sum(axis=0)).ravel() + 1.0
    return vocabulary, np.log(yes / yes.sum()) - np.log(no / no.sum())


def _scaled(total: Floats, happy: Bools) -> tuple[float, float]:
    """Scale and shift by which sums become probabilities: a logistic regression on one input."""
    columns = np.column_stack([total, np.ones(len(total))])
    scale, shift = fit_logistic(columns, happy.astype(np.float64), ridge=SMALL).coefficients
    return float(scale), float(shift)
