"""The most likely parameters of a model, and how well the data tell them.

Parameters are positive, so their logarithms are searched: by BFGS from several fixed starts on
a sample, from the best of these on a larger one, at last on all. Each time the curvature that was
found shows the way, so few steps are left for the many. Nothing is random.
Standard errors are from the observed Fisher information: Efron and Hinkley, *Biometrika* 65
(1978), 457-487.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LOW, HIGH = 1e-4, 1e5  # a parameter is looked for between these
BOTTOM, TOP = np.log(LOW), np.log(HIGH)
STEP = 1e-6  # of a logarithm, for the Hessian
SAMPLES = 2_000, 20_000  # customers with whom the search begins
FEW, MANY = 12, 200  # steps of a search: from each start, and from the best of them
SMALL = 1e-9  # a gradient of one customer on average, that is as good as none
STILL = 1e-6  # and one that is small enough to be done
EXACT = 1e-15  # to which share a likelihood is known
PATIENCE = 8  # steps that gain nothing more
LONGEST, HALVINGS = 2.0, 16  # a step, and how often it is cut
UNTOLD = 5.0  # a standard error of a logarithm: 150 times as much or as little is as likely


class Data(Protocol):
    """What is fitted to."""

    @property
    def customers(self) -> float: ...
    def sample(self, customers: int) -> Self: ...


@dataclass(frozen=True)
class Estimate:
    """``parameters`` with their ``standard_errors`` (NaN where the data tell none).

    ``words`` says what is to be known before they are believed, one sentence each. It has
    ``converged`` where the likelihood can't be made larger, and every parameter is told by it.
    """

    names: tuple[str, ...]
    parameters: Floats
    standard_errors: Floats
    log_likelihood: float
    customers: int
    converged: bool
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
    few = _Goal(likelihood, data.sample(SAMPLES[0]))
    plain = np.eye(len(names))
    found = [_search(few, np.log(np.clip(start, LOW, HIGH)), plain, FEW) for start in starts]
    best, inverse = min(found, key=lambda each: each[1])[0], plain
    for part in _growing(data):
        goal = _Goal(likelihood, part)
        best, value, gradient = _search(goal, best, inverse, MANY)
        hessian = goal.hessian(best, gradient)
        inverse = _inverse(hessian) if _convex(hessian) else plain
    parameters, inside = np.exp(best), (best > BOTTOM) & (best < TOP)
    errors = parameters * _errors(hessian * data.customers, inside)
    still = _pull(best, gradient) < STILL
    return Estimate(
        names,
        parameters,
        errors,
        -value * data.customers,
        round(data.customers),
        bool(still and np.isfinite(errors).all()),
        tuple(_words(names, parameters, inside, errors, still=still)),
    )


def _growing(data: Data) -> Iterator[Data]:
    """Samples of ``data``, each larger than the one before, and all of it."""
    for customers in SAMPLES:
        if (part := data.sample(customers)) is not data:
            yield part
    yield data


@dataclass(frozen=True)
class _Goal:
    """Minus the log-likelihood of one customer on average, by the logarithms of parameters."""

    likelihood: Callable[[Any, Floats], tuple[float, Floats]]
    data: Data

    def __call__(self, logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, gradient = self.likelihood(self.data, parameters)
        return -value / self.data.customers, -gradient * parameters / self.data.customers

    def hessian(self, logs: Floats, gradient: Floats) -> Floats:
        """By differences of the gradient, which is exact; ``gradient`` is that at ``logs``."""
        steps = np.diag(np.where(logs > 0, -STEP, STEP))
        rows = [(self(logs + step)[1] - gradient) / step.sum() for step in steps]
        whole = np.array(rows)
        return np.asarray((whole + whole.T) / 2)


def _search(
    goal: _Goal, start: Floats, inverse: Floats, steps: int
) -> tuple[Floats, float, Floats]:
    """Where ``goal`` is least within the limits, how low, and the gradient: ``steps`` of BFGS.

    ``inverse`` is what is thought of the inverse of the Hessian.

    Nocedal and Wright, *Numerical Optimization*, 2nd edition, section 6.1. The routines of scipy
    share such small matrices out among processors, and then wait for these most of the time.
    """
    logs, plain = start, np.eye(len(start))
    value, gradient = goal(logs)
    still = 0
    for _ in range(steps):
        free = _free(logs, gradient)
        if _pull(logs, gradient) < SMALL or still == PATIENCE:
            break
        way = -np.where(free, inverse @ np.where(free, gradient, 0.0), 0.0)
        there = _downhill(goal, logs, value, gradient, way)
        if there is None:
            if (inverse == plain).all():
                break
            inverse = plain
            continue
        moved, turned = there[0] - logs, there[2] - gradient
        inverse = _updated(inverse, moved, turned)
        still = 0 if there[1] < value - EXACT * abs(value) else still + 1
        logs, value, gradient = there
    return logs, value, gradient


def _free(logs: Floats, gradient: Floats) -> NDArray[np.bool_]:
    """Which of the parameters aren't held by a limit."""
    held = (logs <= BOTTOM) & (gradient > 0) | (logs >= TOP) & (gradient < 0)
    return np.asarray(~held)


def _pull(logs: Floats, gradient: Floats) -> float:
    """How much the parameters that are free could still improve, at most one of them."""
    return float(np.abs(gradient[_free(logs, gradient)]).max(initial=0.0))


def _downhill(
    goal: _Goal, logs: Floats, value: float, gradient: Floats, way: Floats
) -> tuple[Floats, float, Floats] | None:
    """The first point on the ``way`` that is low enough, halving it; None if there is none."""
    way = way / max(1.0, float(np.abs(way).max()) / LONGEST)
    for _ in range(HALVINGS):
        there = np.clip(logs + way, BOTTOM, TOP)
        value_there, gradient_there = goal(there)
        if value_there < value + 1e-4 * gradient @ (there - logs) + EXACT * abs(value):
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


def _inverse(hessian: Floats) -> Floats:
    return np.asarray(np.linalg.inv(hessian), float)


def _convex(hessian: Floats) -> bool:
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian)[0] > 0)


def _errors(information: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Standard errors of the logarithms; NaN at a limit, and where the likelihood is flat.

    Where it is flat in one direction, the parameters aren't told apart, and none has an error.
    """
    errors = np.full(len(inside), np.nan)
    told = information[np.ix_(inside, inside)]
    if inside.any() and _convex(told):
        found = np.sqrt(np.diag(_inverse(told)))
        errors[inside] = found if found.max() < UNTOLD else np.nan
    return errors


def _words(
    names: Sequence[str],
    parameters: Floats,
    inside: NDArray[np.bool_],
    errors: Floats,
    *,
    still: bool,
) -> Iterator[str]:
    for name, value, within in zip(names, parameters, inside, strict=True):
        if not within:
            yield f"{name} is at the edge of what was tried ({value:g}): the data don't tell it."
    if np.isnan(errors[inside]).any():
        apart = [name for name, within in zip(names, inside, strict=True) if within]
        yield (
            f"The data don't tell {' and '.join([', '.join(apart[:-1]), apart[-1]])} apart, so "
            "these have no standard errors."
            if len(apart) > 1
            else f"The data don't tell {apart[0]}, so it has no standard error."
        )
    if inside.all() and not still:
        yield "The search for the parameters came to no end: don't rely on them."
