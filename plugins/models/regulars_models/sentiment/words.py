"""The words of texts as numbers, for any language that puts spaces between them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
NEGATION = frozenset(
    ("not", "no", "never", "nicht", "kein", "keine", "nie", "pas", "jamais", "non", "ne", "sin")
)


@dataclass(frozen=True)
class Vocabulary:
    """Words that are counted, sorted; a word after a negation is another one: ``not_good``."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str], writers: Sequence[int], least: int, most: int) -> Vocabulary:
        """The ``most`` common words that at least ``least`` customers have written."""
        pairs = {
            (word, who)
            for text, who in zip(texts, writers, strict=True)
            for word in set(words_of(text))
        }
        counts = Counter(word for word, _ in pairs)
        common = sorted(counts, key=lambda word: (-counts[word], word))[:most]
        return cls(tuple(sorted(word for word in common if counts[word] >= least)))

    def counted(self, texts: Iterable[str]) -> csr_matrix:
        """How often each word is in each text: a matrix of texts by words."""
        places = {word: place for place, word in enumerate(self.words)}
        rows = [[places[word] for word in words_of(text) if word in places] for text in texts]
        ends = np.cumsum([0, *(len(row) for row in rows)])
        columns = np.fromiter((place for row in rows for place in row), np.int64, int(ends[-1]))
        shape = (len(rows), len(self.words))
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)


def words_of(text: str) -> list[str]:
    """The words of ``text`` in small letters; one after a negation is another word."""
    found: list[str] = []
    denied = False
    for match in WORD.finditer(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")):
        word = match[0]
        found.append(f"not_{word}" if denied else word)
        denied = word in NEGATION or word.endswith("n't")
    return found
