"""The analysis as a playbook names it: ``decide: {use: bayes-ab}``.

What calculates is loaded when there is something to read: a playbook is to be checked in no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from regulars.hooks import AnalysisKind

from .settings import BayesAB, traits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regulars.hooks import Reading, Trial


def _analyse(config: BayesAB, trial: Trial) -> Reading:
    reading: Reading = import_module(".reading", __package__).read(config, trial)
    return reading


def _learn(read: Sequence[tuple[Any, Trial]]) -> Mapping[str, Any]:
    learned: Mapping[str, Any] = import_module(".analysis", __package__).learn_prior(read)
    return learned


BAYES_AB = AnalysisKind(
    "bayes-ab",
    "Bayesian, with planned looks, and able to say that there is not enough data",
    BayesAB,
    _analyse,
    traits,
    _learn,
)
