"""The most likely parameters of a model, and how well the data tell them.

Parameters are positive, so their logarithms are searched: by BFGS from several fixed starts on
a sample, then from the best on all, then by Newton's method to the digit. Nothing is random.
Standard errors are from the observed Fisher information: Efron and Hinkley, *Biometrika* 65
(1978), 457-487.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LOW, HIGH = 1e-4, 1e5  # a parameter is looked for between these
BOTTOM, TOP = np.log(LOW), np.log(HIGH)
STEP = 1e-4  # of a logarithm, for the Hessian
POLISHING = 6  # steps of Newton at most
SAMPLE = 2_000  # customers with whom the search begins
FEW, MANY = 12, 200  # steps of a search: from each start, and from the best of them
SMALL = 1e-7  # a gradient of one customer on average, that is as good as none
LONGEST, HALVINGS = 2.0, 30  # a step, and how often it is cut
NEAR = 1.01  # times a bound is at the bound


class Data(Protocol):
    """What is fitted to."""

    @property
    def customers(self) -> float: ...
    def sample(self, customers: int) -> Self: ...


@dataclass(frozen=True)
class Estimate:
    """``parameters`` with their ``standard_errors`` (NaN where the data tell none).

    ``words`` says what is to be known before they are believed, one sentence each.
    """

    names: tuple[str, ...]
    parameters: Floats
    standard_errors: Floats
    log_likelihood: float
    customers: int
    words: tuple[str, ...] = ()


def estimate(
    names: tuple[str, ...],
    starts: Sequence[Sequence[float]],
    data: Data,
    likelihood: Callable[[Any, Floats], tuple[float, Floats]],
) -> Estimate:
    """The maximum-likelihood estimate from ``data``.

    ``likelihood`` takes data and parameters, and gives its logarithm and the gradient of that,
    sums over customers. Raises ValueError if there is no customer.
    """
    if not data.customers:
        raise ValueError("there is no customer to learn from")
    first, goal = _Goal(likelihood, data.sample(SAMPLE)), _Goal(likelihood, data)
    found = [_search(first, np.log(np.clip(start, LOW, HIGH)), FEW) for start in starts]
    best, _ = _search(goal, min(found, key=lambda each: each[1])[0], MANY)
    best, hessian = _polished(goal, best)
    return Estimate(
        names,
        parameters := np.exp(best),
        parameters * _errors(hessian * data.customers),
        float(likelihood(data, parameters)[0]),
        round(data.customers),
        _words(names, parameters),
    )


@dataclass(frozen=True)
class _Goal:
    """Minus the log-likelihood of one customer on average, by the logarithms of parameters."""

    likelihood: Callable[[Any, Floats], tuple[float, Floats]]
    data: Data

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, gradient = self.likelihood(self.data, parameters)
        return -value / self.data.customers, -gradient * parameters / self.data.customers

    def hessian(self, logs: Floats) -> Floats:
        """By differences of the gradient, which is exact."""
        steps = STEP * np.eye(len(logs))
        rows = [self(logs + step)[1] - self(logs - step)[1] for step in steps]
        whole = np.array(rows) / (2 * STEP)
        return np.asarray((whole + whole.T) / 2)


def _search(goal: _Goal, start: Floats, steps: int) -> tuple[Floats, float]:
    """Where ``goal`` is least within the limits, and how low: at most so many steps of BFGS.

    Nocedal and Wright, *Numerical Optimization*, 2nd edition, section 6.1. The routines of scipy
    share such small matrices out among processors, and then wait for these most of the time.
    """
    logs, inverse = start, np.eye(len(start))
    value, gradient = goal(logs)
    for _ in range(steps):
        free = ~((logs <= BOTTOM) & (gradient > 0) | (logs >= TOP) & (gradient < 0))
        if np.abs(gradient[free]).max(initial=0.0) < SMALL:
            break
        way = -np.where(free, inverse @ np.where(free, gradient, 0.0), 0.0)
        there = _downhill(goal, logs, value, gradient, way)
        if there is None:
            if (inverse == np.eye(len(start))).all():
                break
            inverse = np.eye(len(start))
            continue
        moved, turned = there[0] - logs, there[2] - gradient
        inverse = _updated(inverse, moved, turned)
        logs, value, gradient = there
    return logs, value


def _downhill(
    goal: _Goal, logs: Floats, value: float, gradient: Floats, way: Floats
) -> tuple[Floats, float, Floats] | None:
    """The first point on the ``way`` that is low enough, halving it; None if there is none."""
    way = way / max(1.0, float(np.abs(way).max()) / LONGEST)
    for _ in range(HALVINGS):
        there = np.clip(logs + way, BOTTOM, TOP)
        value_there, gradient_there = goal(there)
        if value_there < value + 1e-4 * gradient @ (there - logs):
            return there, value_there, gradient_there
        way = way / 2
    return None


def _updated(inverse: Floats, moved: Floats, turned: Floats) -> Floats:
    """The inverse of the Hessian as BFGS guesses it after one more step."""
    curved = moved @ turned
    if curved <= 1e-10 * float(np.linalg.norm(moved) * np.linalg.norm(turned)):
        return inverse
    keep = np.eye(len(moved)) - np.outer(moved, turned) / curved
    return np.asarray(keep @ inverse @ keep.T + np.outer(moved, moved) / curved)


def _polished(goal: _Goal, logs: Floats) -> tuple[Floats, Floats]:
    """``logs`` after steps of Newton for as long as these lead on, and the Hessian."""
    hessian = goal.hessian(logs)
    gradient = goal(logs)[1]
    if not _convex(hessian):
        return logs, hessian
    for _ in range(POLISHING):
        there = logs - np.linalg.solve(hessian, gradient)
        if there.min() <= BOTTOM or there.max() >= TOP:
            break
        there_gradient = goal(there)[1]
        if not np.abs(there_gradient).max() < np.abs(gradient).max() / 2:
            break
        logs, gradient = there, there_gradient
    return logs, hessian


def _convex(hessian: Floats) -> bool:
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian)[0] > 0)


def _errors(information: Floats) -> Floats:
    """Standard errors of the logarithms; NaN where the likelihood is flat in some direction."""
    if not _convex(information):
        return np.full(len(information), np.nan)
    return np.sqrt(np.diag(np.linalg.inv(information)))


def _words(names: Sequence[str], parameters: Floats) -> tuple[str, ...]:
    edge = (parameters < LOW * NEAR) | (parameters > HIGH / NEAR)
    return tuple(
        f"{name} is at the edge of what was looked at ({value:g}): the data don't tell it."
        for name, value, at_edge in zip(names, parameters, edge, strict=True)
        if at_edge
    )
