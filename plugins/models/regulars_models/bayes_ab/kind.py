"""The analysis as a playbook names it: ``decide: {use: bayes-ab}``.

What calculates is loaded when there is something to read: a playbook is to be checked in no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.hooks import AnalysisKind

from .settings import BayesAB, traits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regulars.hooks import Reading, Trial


def _analyse(config: BayesAB, trial: Trial) -> Reading:
    from .reading import read  # noqa: PLC0415 (only when there is something to read)

    return read(config, trial)


def _learn(read: Sequence[tuple[Any, Trial]]) -> Mapping[str, Any]:
    from .analysis import learn_prior  # noqa: PLC0415 (only when there is something to learn)

    return learn_prior(read)


BAYES_AB = AnalysisKind(
    "bayes-ab",
    "Bayesian, with planned looks, and able to say that there is not enough data",
    BayesAB,
    _analyse,
    traits,
    _learn,
)
