"""Boosted trees of up to eight leaves as bits, so that a million customers are scored in a second.

A bit stands for a leaf. Each value of a trait rules some leaves of each tree out; of those that all
traits leave, the leftmost is the customer's. Lucchese, Nardini, Orlando, Perego, Tonellotto and
Venturini, *QuickScorer*, SIGIR 2015, 73-82.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .trees import Trees

    Floats = NDArray[np.float64]
    Bits = NDArray[np.uint8]

LEAVES = 8  # of a tree: the bits of a byte
AT_ONCE = 100_000  # rows


@dataclass(frozen=True)
class Leaves:
    """``start`` and what each tree adds to the log-odds in each of its leaves, ``value``.

    ``threshold`` are those of the traits one after the other, ``count`` of each how many. The rows
    of ``left`` are leaves that are left below a trait's first threshold, below its second, …, above
    its last, and where it is unknown; a column a tree.
    """

    start: Floats
    value: Floats
    threshold: Floats
    count: NDArray[np.int64]
    left: Bits

    @classmethod
    def of(cls, trees: Trees, traits: int, most: int) -> Self:
        """The first ``most`` of ``trees``, of one model that reads so many ``traits``."""
        number = min(most, len(trees.model))
        value, nodes = np.zeros((number, LEAVES)), list[_Node]()
        for tree in range(number):
            leaves: list[int] = []
            nodes += _nodes(trees, tree, 0, leaves)
            value[tree, : len(leaves)] = trees.value[tree][leaves]
        thresholds, tables = [], []
        for trait in range(traits):
            own = [node for node in nodes if node.trait == trait]
            edges = np.unique([node.threshold for node in own])
            thresholds.append(edges)
            tables.append(_table(own, edges, number))
        count = np.array([len(each) for each in thresholds])
        return cls(trees.start, value, np.concatenate(thresholds), count, np.concatenate(tables))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as named arrays of numbers."""
        return dict(vars(self))

    def odds(self, values: Floats) -> Floats:
        """The log-odds of each row of ``values``, a column a trait."""
        parts = np.split(values, range(AT_ONCE, len(values), AT_ONCE))
        return np.concatenate([self._odds(part) for part in parts])

    def _odds(self, values: Floats) -> Floats:
        left = np.full((len(values), self.left.shape[1]), 255, dtype=np.uint8)
        for codes in self._codes(values):
            left &= self.left[codes]
        worth = self.value[:, FIRST]
        odds = np.full(len(values), self.start[0])
        for tree in range(len(worth)):
            odds += worth[tree][left[:, tree]]
        return odds

    def _codes(self, values: Floats) -> Iterator[NDArray[np.int64]]:
        """The rows of ``left`` that the rows of ``values`` are told by, trait after trait."""
        ends, row = np.cumsum(self.count), 0
        for column, end, count in zip(values.T, ends, self.count, strict=True):
            below = np.searchsorted(self.threshold[end - count : end], column, side="left")
            yield row + np.where(np.isnan(column), count + 1, below)
            row += count + 2


def expect(trees: Trees, values: Floats) -> Floats:
    """What each model of ``trees`` expects of each row of ``values``: models by rows."""
    models, most = range(len(trees.start)), len(trees.model)
    every = [Leaves.of(trees.of_model(number), values.shape[1], most) for number in models]
    raw = np.array([leaves.odds(values) for leaves in every])
    return np.where(trees.logistic[:, None], expit(raw), raw)


@dataclass(frozen=True)
class _Node:
    """A question of a tree; ``rules_out`` are the leaves that are out if the answer is no."""

    tree: int
    trait: int
    threshold: float
    unknown_is_no: bool
    rules_out: int


def _nodes(trees: Trees, tree: int, node: int, leaves: list[int]) -> list[_Node]:
    """The questions at ``node`` and below it; the leaves there are put after ``leaves``."""
    left, right = trees.left[tree][node], trees.right[tree][node]
    if left == node:
        leaves.append(node)
        return []
    before = len(leaves)
    nodes = _nodes(trees, tree, int(left), leaves)
    question = _Node(
        tree,
        int(trees.feature[tree][node]),
        float(trees.threshold[tree][node]),
        not trees.missing_left[tree][node],
        (1 << len(leaves)) - (1 << before),
    )
    return [question, *nodes, *_nodes(trees, tree, int(right), leaves)]


def _table(nodes: list[_Node], edges: Floats, trees: int) -> Bits:
    """The leaves of each tree that values of one trait leave; see ``Leaves.left``."""
    left = np.full((len(edges) + 2, trees), 255, dtype=np.uint8)
    for node in nodes:
        no = np.arange(len(edges) + 1) > np.searchsorted(edges, node.threshold)
        left[np.append(no, node.unknown_is_no), node.tree] &= np.uint8(255 - node.rules_out)
    return left


FIRST = np.array([(byte & -byte).bit_length() - 1 for byte in range(256)])  # the lowest bit
