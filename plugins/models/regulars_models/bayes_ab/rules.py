"""Rules for stopping: each is a z beyond which a day may end the experiment.

The default is group-sequential. The others are here to be compared with it: what they find, how
long they need, how often they are wrong. ``peeking.json`` holds what was measured of each.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from .numerics import ROOT
from .sequential import always, bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .decision import Plan
    from .measures import Floats

LOSS = 0.01  # the relative loss below which the rule of that name stops
SCALE = np.linspace(0, 8, 2001)


@dataclass(frozen=True)
class Rule:
    """``title`` is for people, ``id`` the key of what was measured.

    ``limits`` answers the z of each day, infinity where the rule doesn't look, from the variance of
    the log ratio on each day: days along the last axis. ``safe``: its error is bounded whatever
    the traffic.
    """

    id: str
    title: str
    limits: Callable[[Floats], Floats]
    safe: bool = False


def rules(plan: Plan) -> tuple[Rule, ...]:
    """All rules at the plan's ``alpha``, ``looks`` and ``tau``, the default first."""
    alpha, sure = plan.alpha, f"P > {1 - plan.alpha:.3g} daily"
    planned = partial(_planned, looks=plan.looks, alpha=alpha)
    return (
        Rule("group-sequential", f"group-sequential, {plan.looks} looks", planned, safe=True),
        Rule(
            "always-valid", "always-valid interval, daily", partial(always, alpha=alpha), safe=True
        ),
        Rule(
            "fixed", "fixed horizon, one look", partial(_planned, looks=1, alpha=alpha), safe=True
        ),
        Rule("lift-prior", f"{sure}, lift prior", partial(_sure, alpha=alpha, tau=plan.tau)),
        Rule("flat", f"{sure}, flat prior", partial(_sure, alpha=alpha, tau=np.inf)),
        Rule("loss", f"relative loss < {LOSS:.0%} daily, flat prior", _cheap),
    )


def peeking() -> Mapping[str, Any]:
    """What ``bench/peeking.py`` measured: setting, date, and the rates of each rule by id."""
    text = files(__package__).joinpath("peeking.json").read_text(encoding="utf-8")
    measured: Mapping[str, Any] = json.loads(text)
    return measured


def look_days(days: int, looks: int) -> list[int]:
    """Which of ``days`` are looks, from 0: evenly spread, the last one among them."""
    return sorted({max(1, round(days * (i + 1) / looks)) - 1 for i in range(looks)})


def _planned(v: Floats, looks: int, alpha: float) -> Floats:
    """Bounds on the days of the looks, by the information that each experiment had there."""
    days = v.shape[-1]
    at = look_days(days, looks)
    fractions = [(day + 1) / days for day in at]
    flat = np.full((v.size // days, days), np.inf)
    for row, variances in zip(flat, v.reshape(-1, days)[:, at], strict=True):
        row[at] = bounds(fractions, alpha, 1 / variances)
    return flat.reshape(v.shape)


def _sure(v: Floats, alpha: float, tau: float) -> Floats:
    """The posterior N(y / (1 + v / tau²), 1 / (1 / v + 1 / tau²)) is above zero with 1 - alpha."""
    z: Floats = float(ndtri(1 - alpha)) * np.sqrt(1 + v / tau**2)
    return z


def _cheap(v: Floats) -> Floats:
    """The normal posterior risk sigma * (phi(z) - z * Phi(-z)) falls below ``LOSS``."""
    risk = np.exp(-(SCALE**2) / 2) / ROOT - SCALE * ndtr(-SCALE)
    z: Floats = np.interp(-LOSS / np.sqrt(v), -risk, SCALE)
    return z
