"""Reading: what the analysis answers, put into words, tables, numbers and a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from regulars.hooks import Reading, Table

from .analysis import analyse, plan_of
from .numbers import numbers
from .power import smallest_lift, unit_variance
from .tables import tables
from .telling import NOBODY, sentence
from .wording import lift, percent

if TYPE_CHECKING:
    from regulars.hooks import Trial

    from .settings import BayesAB

RATES = (0.01, 0.05, 0.2)
SIZES = (100, 1_000, 10_000)  # customers an arm


def read(config: BayesAB, trial: Trial) -> Reading:
    """The reading of ``trial`` as it stands; equal data give equal readings."""
    result = analyse(config, trial)
    if result is None:
        return _before(config, trial)
    from .picture import draw  # noqa: PLC0415 (only what is asked for is drawn)

    return Reading(
        result.decision.verdict,
        result.decision.arm,
        sentence(result),
        result.warnings,
        tables(result),
        numbers(result),
        partial(draw, config, result),
    )


def _before(config: BayesAB, trial: Trial) -> Reading:
    """Before there is anything to read: what an experiment of some size could find."""
    if not trial.outcomes:
        return Reading("keep going", None, "There is no goal to decide by; write one in goals.")
    plan = plan_of(config, trial)
    arms = len(trial.arms)
    rows = tuple(
        (
            f"{size:,}",
            *(lift(smallest_lift(2 * unit_variance(rate) / size, plan, arms)) for rate in RATES),
        )
        for size in SIZES
    )
    finds = "can be found" if plan.lasting else f"{plan.horizon:.3g} days can find"
    table = Table(
        f"The smallest lift that {finds}, 4 times out of 5",
        ("customers an arm", *(f"{percent(rate)} do it" for rate in RATES)),
        rows,
        ("For a goal that so many customers reach anyway.",),
    )
    return Reading("keep going", None, NOBODY, (), (table,))
