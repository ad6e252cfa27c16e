"""What the rules and the data together say of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import Fitted
from scipy.special import expit

from regulars_models.logistic import log_loss
from regulars_models.soon.encoding import Encoding
from regulars_models.soon.foreseeing import foreseen, reasons
from regulars_models.soon.past import columns, known, past

from .blending import blend, weight
from .doubts import doubts
from .features import Features

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData, Reason

    from regulars_models.soon.past import Past

    from .kind import Expert

    Floats = NDArray[np.float64]


def learn(config: Expert, data: ModelData, seed: int) -> Fitted:
    """What ``score`` goes by; without any data that is what the rules say."""
    traits = config.all_traits()
    past_rows = past(data, config.event, traits, config.within.micros, seed)
    values = past_rows.values
    if not len(values):
        values = columns(data, traits)[known(data, config.event, traits)]
    features = Features.of(config, values)
    rows = features.rows(values)
    found = blend(rows[: len(past_rows)], past_rows.came, features.said(), config.strength)
    return Fitted(
        features.named(found.coefficients),
        {**features.besides.arrays(), "usual": Encoding.of(values).typical},
        diagnostics=_diagnostics(features, found.coefficients, found.errors, rows, past_rows),
        metrics={
            "weight_of_the_rules": weight(len(past_rows), config.strength),
            "doubts": _doubts(config, rows, past_rows),
        },
        drivers=features.drivers(rows, found.coefficients),
    )


def score(config: Expert, fitted: Fitted, data: ModelData) -> Mapping[str, Floats]:
    """The probability of each customer."""
    return foreseen(_scorer(config, fitted), data, config.event, config.all_traits())


def explain(config: Expert, fitted: Fitted, data: ModelData) -> Mapping[str, Sequence[Reason]]:
    """What moved the probability of the one customer of ``data``."""
    traits, typical = config.all_traits(), fitted.arrays["usual"]
    return reasons(_scorer(config, fitted), data, config.event, traits, typical)


def _scorer(config: Expert, fitted: Fitted) -> Callable[[Floats], Floats]:
    features = Features(config, Encoding.from_arrays(fitted.arrays))
    coefficients = features.coefficients(fitted.parameters)
    return lambda values: np.asarray(expit(features.rows(values) @ coefficients))


def _diagnostics(
    features: Features, coefficients: Floats, errors: Floats, rows: Floats, seen: Past
) -> dict[str, Any]:
    """How the fit went; the errors of what is no logarithm by the delta method."""
    counts = {"cases": len(seen), "came": seen.yes}
    if not len(seen):
        return counts
    odds = rows @ coefficients
    named = features.named(coefficients)
    rules = len(features.config.rules)
    logs, others = errors[1 : 1 + rules].tolist(), errors[1 + rules :].tolist()
    times = zip(named["times"].items(), logs, strict=True)
    return counts | {
        "log_likelihood": -len(seen) * log_loss(odds, seen.came),
        "standard_errors": {
            "start": named["start"] * (1 - named["start"]) * float(errors[0]),
            "times": {rule: value * error for (rule, value), error in times},
            "weights": dict(zip(named["weights"], others, strict=True)),
        },
    }


def _doubts(config: Expert, rows: Floats, seen: Past) -> list[str]:
    if not len(seen) or not config.rules:
        return []
    held = rows[:, 1 : 1 + len(config.rules)]
    return [str(doubt) for doubt in doubts(config.rules, held, seen)]
