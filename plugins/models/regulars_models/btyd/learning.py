"""What is learned from everybody, or the sentence that says what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import Fitted

from . import gamma_gamma
from .catalogue import MODELS
from .compression import compress
from .gamma_gamma import dependence, spenders
from .known import visits_of
from .model import fit
from .nbd import NBD
from .reasons import drivers, typical_of
from .settings import Lifetime
from .summary import summary_of
from .tracking import tracking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regulars.hooks import ModelData

    from .fitting import Estimate
    from .model import Model
    from .settings import Spend
    from .summary import Summary, Visits

WORTH_IT = 2.0  # what two more parameters must add to a log-likelihood: Akaike's criterion
DEPENDS = 0.3  # a correlation that is to be known
CERTAIN = 3.0  # standard errors of it
REFUNDED = 0.01  # the share of amounts of 0 and below that is to be known


@dataclass(frozen=True)
class _Part:
    """An estimate, and what there is to tell of it."""

    estimate: Estimate
    told: Mapping[str, Any]
    words: tuple[str, ...]


def learn(name: str, config: Lifetime | Spend, data: ModelData, _seed: int) -> Fitted | str:
    """What the model ``name`` learns of events, and of spend where there is an amount.

    Nothing is drawn by chance, so it needs no seed.
    """
    known = visits_of(config, data)
    summary = summary_of(known)
    missing = _missing(config, summary)
    if missing is not None:
        return missing
    parts = [_of_events(MODELS[name], known, summary)] if isinstance(config, Lifetime) else []
    if config.spent:
        parts.append(_of_spend(summary, "spend_" if parts else ""))
    parameters = {key: value for part in parts for key, value in _parameters(part.estimate)}
    learned = Fitted(
        parameters,
        {"typical": typical_of(summary)},
        {
            **{key: value for part in parts for key, value in part.told.items()},
            "standard_errors": {k: v for part in parts for k, v in _errors(part.estimate)},
            "converged": all(part.estimate.converged for part in parts),
            "words": [
                *_rolled_up(known),
                *_refunds(config, data),
                *(word for part in parts for word in part.words),
            ],
        },
    )
    return Fitted(
        learned.parameters,
        learned.arrays,
        learned.diagnostics,
        drivers=drivers(name, config, learned, summary),
    )


def _missing(config: Lifetime | Spend, summary: Summary) -> str | None:
    """What there is too little of."""
    if not len(summary):
        return f"Nobody has had an '{config.event}' yet; a model learns from those who had."
    came, least = summary.repeats > 0, config.least
    helps = "More customers or a longer history would help."
    if came.sum() < least:
        return f"{_back(int(came.sum()))} for another '{config.event}'; {least} are needed. {helps}"
    if not config.spent:
        return None
    told, without = spenders(summary.repeats, summary.spend)
    if told.customers >= least:
        return None
    if without >= told.customers:
        helps = f"Look whether your '{config.event}' events have that property."
    spent = f"{_back(int(told.customers))} with a '{config.spent}' above 0, {without} without one"
    return f"{spent}; {least} with one are needed. {helps}"


def _back(customers: int) -> str:
    return "1 customer has come back" if customers == 1 else f"{customers} customers have come back"


def _of_events(model: Model, known: Visits, summary: Summary) -> _Part:
    rows = compress(summary.history)
    found, staying = fit(model, rows), fit(NBD, rows)
    told = {
        "log_likelihood": found.log_likelihood,
        "nbd_log_likelihood": staying.log_likelihood,
        "customers": found.customers,
        "tracking": tracking(model, found.parameters, known),
    }
    words = list(found.words)
    if found.log_likelihood < staying.log_likelihood + WORTH_IT:
        words.append(
            "A model in which nobody ever leaves fits as well: these data hardly tell who is gone."
        )
    return _Part(found, told, tuple(words))


def _of_spend(summary: Summary, prefix: str) -> _Part:
    data, _ = spenders(summary.repeats, summary.spend)
    found = gamma_gamma.fit(data)
    tied = dependence(data)
    told = {
        f"{prefix}log_likelihood": found.log_likelihood,
        f"{prefix}customers": found.customers,
        f"{prefix}correlation": tied,
    }
    words = list(found.words)
    if abs(tied or 0) > max(DEPENDS, CERTAIN / found.customers**0.5):
        words.append(_of_dependence(tied or 0))
    if found.parameters[1] <= 1:
        words.append(
            "Spend differs so much between customers that it has no mean, "
            "so who never came back has no `expected_spend`."
        )
    return _Part(found, told, tuple(words))


def _of_dependence(tied: float) -> str:
    more, rare, often = ("more", "much", "little") if tied > 0 else ("less", "little", "much")
    return (
        f"Who comes more often spends {more} each time (rank correlation {tied:.2f}). The model "
        f"takes the two as independent, so it expects too {rare} of those who came rarely, and "
        f"too {often} of those who came often."
    )


def _rolled_up(known: Visits) -> Iterator[str]:
    if (known.times > 1).any():
        yield (
            "Old events are rolled up by month: their days are counted as if no two had been on "
            "the same day."
        )


def _refunds(config: Lifetime | Spend, data: ModelData) -> Iterator[str]:
    """That amounts are 0 or below, if more than a few are."""
    if not config.spent:
        return
    amounts = data.events[config.event].amounts[config.spent]
    known = int(np.isfinite(amounts).sum())
    below = int((amounts <= 0).sum())
    if below > REFUNDED * known:
        high = (
            "`clv` and `expected_spend` are"
            if isinstance(config, Lifetime)
            else "`expected_spend` is"
        )
        yield (
            f"{below / known:.0%} of the amounts in '{config.event}.{config.spent}' are 0 or "
            f"below, such as refunds. The model knows only what is above 0, so {high} too high: "
            "let refunds be another event, or lower the amount that they are of."
        )


def _parameters(found: Estimate) -> Iterator[tuple[str, float]]:
    return zip(found.names, found.parameters.tolist(), strict=True)


def _errors(found: Estimate) -> Iterator[tuple[str, float | None]]:
    """Standard errors by parameter; None where the data tell none."""
    errors = [float(each) if np.isfinite(each) else None for each in found.standard_errors]
    return zip(found.names, errors, strict=True)
