"""Neighbours: items that the same customers buy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

NEAREST = 30  # kept of each item
TOGETHER = 2  # customers who bought both, at least: one alone would be told of
SATURATION, LENGTHS = 1.2, 0.75  # k1 and b of BM25


def neighbours(habits: Any) -> Any:
    """How near items are to one another: the cosine of their buyers, a CSR matrix, float32.

    Purchases are weighted by BM25 as words in texts are (Robertson and Zaragoza 2009, section 3):
    the tenth loaf tells less than the first, and so does one of somebody who buys everything. An
    item is its own nearest neighbour. Each row keeps its ``NEAREST``.
    """
    weighed = _bm25(habits)
    norms = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=0)).ravel())
    scaled = weighed @ sparse.diags_array(1 / np.where(norms > 0, norms, 1))
    cosines = (scaled.T @ scaled).tocsr()
    both = habits.astype(bool).astype(np.float32)
    cosines = cosines.multiply((both.T @ both).tocsr() >= TOGETHER).tocsr()
    return _nearest(cosines)


def _bm25(habits: Any) -> Any:
    customers, _ = habits.shape
    lengths = np.asarray(habits.sum(axis=1)).ravel()
    mean = lengths.mean() or 1.0
    damping = SATURATION * (1 - LENGTHS + LENGTHS * lengths / mean)
    buyers = np.bincount(habits.indices, minlength=habits.shape[1])
    rarity = np.log1p(customers / np.maximum(buyers, 1))
    whose = np.repeat(np.arange(customers), np.diff(habits.indptr))
    weights = habits.data * (SATURATION + 1) / (habits.data + damping[whose])
    weights *= rarity[habits.indices]
    return sparse.csr_matrix((weights, habits.indices, habits.indptr), shape=habits.shape)


def _nearest(cosines: Any) -> Any:
    """The largest of each row, which is an item: there are far fewer than customers."""
    kept = []
    for item in range(cosines.shape[0]):
        row = slice(cosines.indptr[item], cosines.indptr[item + 1])
        best = np.argsort(-cosines.data[row], kind="stable")[:NEAREST]
        kept.append(np.sort(best) + row.start)
    chosen = np.concatenate(kept) if kept else np.empty(0, np.int64)
    rows = np.concatenate([[0], np.cumsum([len(each) for each in kept])]).astype(np.int32)
    return sparse.csr_matrix(
        (cosines.data[chosen].astype(np.float32), cosines.indices[chosen], rows),
        shape=cosines.shape,
    )
