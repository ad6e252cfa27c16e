"""The catalogue: what is on offer, what is bought once for ever, and what items are like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from .kind import Recommend

IN_STOCK, ONCE = "in_stock", "once"
YES = {"yes", "y", "true", "t", "x"}
FIFTHS = (0.2, 0.4, 0.6, 0.8)
MOST_NUMBERS = 10  # different numbers in a column that are taken for names
MOST_LIKENESSES = 300


@dataclass(frozen=True)
class Catalogue:
    """Items and what is said of them, a row each; ``items`` is None where there is no catalogue.

    ``again`` are items that it lists more than once.
    """

    items: Sequence[str] | None = None
    in_stock: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    all_once: bool = False
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    again: Sequence[str] = ()

    def offered(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which of these items may be recommended: what is listed and in stock."""
        if self.items is None:
            return np.ones(len(names), dtype=np.bool_)
        return np.array([name in self.in_stock for name in names], dtype=np.bool_)

    def bought_once(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which of these items nobody buys twice."""
        return np.array([self.all_once or name in self.once for name in names], dtype=np.bool_)


def catalogue(config: Recommend, files: Mapping[str, Mapping[str, NDArray[Any]]]) -> Catalogue:
    """The catalogue of ``config``; of an item that it lists twice the last row counts.

    Raises:
        KeyError: it has no column for the item.
    """
    once = frozenset() if isinstance(config.once, bool) else frozenset(config.once)
    if config.catalogue is None:
        return Catalogue(once=once, all_once=config.once is True)
    columns = {name: list(cells) for name, cells in files[config.catalogue].items()}
    rows = {item: row for row, item in enumerate(columns[config.item]) if item.strip()}
    last = {name: [cells[row] for row in rows.values()] for name, cells in columns.items()}
    items = list(rows)
    stock = last.pop(IN_STOCK, ["yes"] * len(items))
    single = last.pop(ONCE, [""] * len(items))
    del last[config.item]
    return Catalogue(
        items,
        frozenset(i for i, cell in zip(items, stock, strict=True) if not cell or says_yes(cell)),
        once | {item for item, cell in zip(items, single, strict=True) if says_yes(cell)},
        config.once is True,
        last,
        [
            item
            for item, count in Counter(columns[config.item]).items()
            if count > 1 and item.strip()
        ],
    )


def says_yes(cell: str) -> bool:
    """Whether a cell means yes: such a word, or a number above 0, as of pieces in stock."""
    try:
        return float(cell) > 0
    except ValueError:
        return cell.lower() in YES


def likenesses(shelf: Catalogue, names: Sequence[str]) -> NDArray[np.float32]:
    """What each of ``names`` is like: a row of length 1, or of zeros where nothing is known.

    A word in a cell, between ``|`` or ``;``, is one likeness; of a column of many numbers each
    fifth is. What few items share counts more (its inverse document frequency, Spärck Jones 1972).
    """
    place = {name: number for number, name in enumerate(names)}
    rows, words = [], []
    for row, word in _words(shelf):
        if (number := place.get(row)) is not None:
            rows.append(number)
            words.append(word)
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}
    columns = [numbers[word] for word in words]
    shape = (len(names), len(numbers))
    found = sparse.csc_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    items = np.asarray(found.astype(bool).sum(axis=0)).ravel()
    telling = np.flatnonzero((items > 1) & (items < len(names)))
    telling = np.sort(telling[np.argsort(-items[telling], kind="stable")[:MOST_LIKENESSES]])
    dense = found[:, telling].toarray().clip(0, 1) * np.log(len(names) / items[telling])
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    return np.asarray(dense / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _words(shelf: Catalogue) -> Iterator[tuple[str, tuple[str, str]]]:
    for column, cells in shelf.said.items():
        for item, cell in zip(shelf.items or (), _named(cells), strict=True):
            for word in cell.replace(";", "|").split("|"):
                if word.strip():
                    yield item, (column, word.strip().lower())


def _named(cells: Sequence[str]) -> Sequence[str]:
    """Numbers as the fifth that they are in, where there are many different ones."""
    try:
        numbers = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return cells
    known = numbers[np.isfinite(numbers)]
    if len(np.unique(known)) <= MOST_NUMBERS:
        return cells
    fifths = np.searchsorted(np.quantile(known, FIFTHS), numbers)
    return [
        str(f) if is_known else "" for f, is_known in zip(fifths, np.isfinite(numbers), strict=True)
    ]
