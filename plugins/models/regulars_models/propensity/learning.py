"""From what was known at past cut-offs to what scores a customer, and tells why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import Fitted
from scipy.special import expit

from regulars_models.logistic import log_loss
from regulars_models.soon.encoding import Encoding
from regulars_models.soon.foreseeing import foreseen, reasons
from regulars_models.soon.past import folds, past

from .calibrating import Calibration
from .regression import regress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData, Reason

    from regulars_models.soon.past import Past

    from .kind import Propensity

    Floats = NDArray[np.float64]

FEWEST = 20  # of those who came, and of the others
A_TRAIT = 10  # as many for each trait; see ``_missing``


def learn(config: Propensity, data: ModelData, seed: int) -> Fitted | str:
    """What ``score`` goes by; a sentence where there is too little to learn from.

    Raises RegularsError where trees are asked for and scikit-learn is not installed.
    """
    traits = config.traits
    rows = past(data, config.event, traits, config.within.micros, seed)
    missing = _missing(config, rows, len(traits))
    if missing is not None:
        return missing
    by = _by_trees if config.method == "trees" else _by_regression
    return by(traits, rows, seed)


def score(config: Propensity, fitted: Fitted, data: ModelData) -> Mapping[str, Floats]:
    """The probability of each customer."""
    return foreseen(_scorer(config, fitted), data, config.event, config.traits)


def explain(config: Propensity, fitted: Fitted, data: ModelData) -> Mapping[str, Sequence[Reason]]:
    """What moved the probability of the one customer of ``data``."""
    typical = fitted.arrays["typical"]
    return reasons(_scorer(config, fitted), data, config.event, config.traits, typical)


def _missing(config: Propensity, rows: Past, traits: int) -> str | None:
    """Why nothing can be learned, if so.

    Ten events a variable: Peduzzi, Concato, Kemper, Holford and Feinstein, *Journal of Clinical
    Epidemiology* 49 (1996), 1373-1379.
    """
    if not len(rows):
        return (
            f"Nobody was known yet {config.within} ago, so nothing tells what comes in such a "
            "time. Wait, or write a shorter 'within'."
        )
    needed = max(FEWEST, A_TRAIT * traits)
    others = len(rows) - rows.yes
    if min(rows.yes, others) >= needed:
        return None
    cases = "1 case" if len(rows) == 1 else f"{len(rows):,} cases"
    seen = f"So far '{config.event}' came within {config.within} in {rows.yes:,} of {cases}"
    kind, change = (
        ("cases in which it came", "longer")
        if rows.yes < others
        else ("cases in which it didn't", "shorter")
    )
    return (
        f"{seen}; {traits} {'trait needs' if traits == 1 else 'traits need'} {needed} {kind}. "
        f"More time brings them, or a {change} 'within', more 'cutoffs', or fewer traits."
    )


def _by_regression(traits: Sequence[str], rows: Past, seed: int) -> Fitted:
    encoding = Encoding.of(rows.values)
    features = encoding.features(rows.values)
    found = regress(features, rows, folds(rows.customer, rows.came, seed))
    names = encoding.names(traits)
    calibrated = Calibration.of(found.foreseen, rows.came)
    constant, *weights = found.fitted.coefficients.tolist()
    constant_error, *errors = found.errors.tolist()
    return Fitted(
        {
            "constant": constant,
            "weights": dict(zip(names, weights, strict=True)),
            "calibration": calibrated.parameters(),
        },
        encoding.arrays(),
        diagnostics={
            "log_likelihood": found.fitted.log_likelihood,
            "standard_errors": {
                "constant": constant_error,
                "weights": dict(zip(names, errors, strict=True)),
            },
            "ridge": found.ridge,
            **_cases(rows),
        },
        metrics=_metrics(calibrated.odds(found.foreseen), rows),
        drivers=encoding.moves(traits, features, found.fitted.coefficients[1:]),
    )


def _by_trees(traits: Sequence[str], rows: Past, seed: int) -> Fitted:
    from .boosting import boost  # noqa: PLC0415 (what it needs may not be installed)

    found = boost(rows, folds(rows.customer, rows.came, seed), seed)
    calibrated = Calibration.of(found.foreseen, rows.came)
    usual = Encoding.of(rows.values).typical
    return Fitted(
        {"calibration": calibrated.parameters()},
        {**found.leaves.arrays(), "typical": usual},
        {"trees": found.trees, **_cases(rows)},
        _metrics(calibrated.odds(found.foreseen), rows),
        dict(zip(traits, found.importance.tolist(), strict=True)),
    )


def _cases(rows: Past) -> dict[str, int]:
    return {"cases": len(rows), "came": rows.yes}


def _metrics(odds: Floats, rows: Past) -> dict[str, float]:
    """How wrong it was on customers that it had not seen, and how wrong the mere rate is."""
    rate = np.full(len(rows), np.log(rows.yes / (len(rows) - rows.yes)))
    return {
        "log_loss": log_loss(odds, rows.came),
        "log_loss_of_the_rate": log_loss(rate, rows.came),
    }


def _scorer(config: Propensity, fitted: Fitted) -> Callable[[Floats], Floats]:
    """What makes probabilities of rows of traits."""
    calibrated = Calibration.from_parameters(fitted.parameters["calibration"])
    if config.method == "trees":
        from regulars_models.boosted.leaves import Leaves  # noqa: PLC0415 (of trees alone)

        odds = Leaves(**{k: v for k, v in fitted.arrays.items() if k != "typical"}).odds
        return lambda values: np.asarray(expit(calibrated.odds(odds(values))))
    encoding = Encoding.from_arrays(fitted.arrays)
    constant, by_name = fitted.parameters["constant"], fitted.parameters["weights"]
    weights = np.array([by_name[name] for name in encoding.names(config.traits)])
    return lambda values: np.asarray(
        expit(calibrated.odds(encoding.features(values) @ weights + constant))
    )
