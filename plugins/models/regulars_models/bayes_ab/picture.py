"""The picture: what is known of each arm, and how the lift over the control came about.

One SVG document without anything from outside: no script, no font, no style sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY

from .evidence import evidence
from .lift import posterior
from .telling import sentence
from .wording import UNITS, chance, lift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Result
    from .measures import Floats
    from .settings import BayesAB

WIDTH, HEIGHT = 960, 420
COLOURS = ("#4d4d4d", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe-Ito
INSTANTS = 40  # of the path
POINTS = 160  # of a density
FARTHEST = 3.5  # standard deviations that are drawn
TICKS = 5
_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
    f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">'
)


@dataclass(frozen=True)
class Panel:
    """A rectangle of the page and the numbers that its edges stand for."""

    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: Floats | float, y: Floats | float) -> tuple[Floats, Floats]:
        """The place of ``x`` and ``y`` on the page."""
        across = (np.asarray(x) - self.x[0]) / (self.x[1] - self.x[0])
        up = (np.asarray(y) - self.y[0]) / (self.y[1] - self.y[0])
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )


def draw(config: BayesAB, result: Result) -> str:
    """``result`` as an SVG document: the posterior of each arm on the left, the path right."""
    parts = [
        _OPENING,
        f"<title>{escape(result.trial.name)}: {escape(sentence(result))}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(20, 26, result.trial.name, size=16),
        _text(20, 46, sentence(result)),
        *_posteriors(result),
        *_path(config, result),
        *_legend(result),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _posteriors(result: Result) -> Iterator[str]:
    goal, known = result.goals[0].evidence.goal, result.goals[0].posterior
    unit = UNITS[goal.kind]
    yield _text(60, 76, f"{goal.id}: {unit.head}")
    if not known.informed:
        yield _text(60, 220, "Nothing is known yet.")
        return
    sd = np.sqrt(np.diag(known.covariance))
    narrow = sd <= 3 * sd.min()  # an arm of which little is known would hide the others
    low = float(np.exp((known.centre - FARTHEST * sd)[narrow].min()))
    high = float(np.exp((known.centre + FARTHEST * sd)[narrow].max()))
    x = np.linspace(low, high, POINTS)
    z = (np.log(x) - known.centre[:, None]) / sd[:, None]
    density = np.exp(-z * z / 2) / (sd[:, None] * x)
    panel = Panel(60, 460, 90, 340, (low, high), (0.0, float(density.max())))
    ticks, write = np.linspace(low, high, TICKS), unit.writer([(low, high)])
    yield from _axis_below(panel, [write(float(each)) for each in ticks])
    for place, curve in enumerate(density):
        yield _line(panel, x, curve, place)
        middle = float(np.exp(known.centre[place]))
        yield _line(
            panel, np.array([middle, middle]), np.array([0.0, curve.max()]), place, dash=True
        )


def _path(config: BayesAB, result: Result) -> Iterator[str]:
    """The lift of each arm over the control as it was seen day by day, with its interval."""
    trial, control = result.trial, result.trial.arms[0]
    yield _text(540, 76, f"Lift over {control}, day by day")
    start = int(trial.units.at.min())
    days = np.linspace(0, max(result.day, 1e-9), INSTANTS + 1)[1:]
    seen = [
        posterior(
            evidence(trial, trial.outcomes[0], start + round(day * DAY), config.cuped).effects,
            result.plan.tau,
        )
        for day in days
    ]
    lifts = np.array(
        [
            [
                (it.mean, it.low, it.high)
                for it in (each.lift(arm) for arm in range(1, len(trial.arms)))
            ]
            for each in seen
        ]
    ).reshape(INSTANTS, -1, 3)
    if not lifts.size:
        return
    reach = max(float(np.abs(lifts).max()), 0.01)
    end = float(days[-1]) if result.plan.lasting else max(result.plan.horizon, result.day)
    panel = Panel(540, 930, 90, 340, (0.0, end), (-reach, reach))
    yield from _axis_below(panel, [f"{each:.3g}" for each in np.linspace(*panel.x, TICKS)], "days")
    for each in np.linspace(-reach, reach, TICKS):
        x, y = panel.at(panel.x[0], each)
        yield _text(float(x) - 6, float(y) + 4, lift(float(each)), anchor="end")
    yield _line(panel, np.array(panel.x), np.zeros(2), 0, dash=True)
    for day in result.plan.days:
        x, _ = panel.at(day, 0.0)
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{panel.top}" y2="{panel.bottom}" '
            'stroke="#ddd"><title>a planned look</title></line>'
        )
    for place in range(lifts.shape[1]):
        yield _band(panel, days, lifts[:, place, 1], lifts[:, place, 2], place + 1)
        yield _line(panel, days, lifts[:, place, 0], place + 1)


def _legend(result: Result) -> Iterator[str]:
    known = result.goals[0].posterior
    x = 60.0
    for place, arm in enumerate(result.trial.arms):
        said = f"{arm}: best with {chance(float(known.p_best[place]))}" if known.informed else arm
        yield f'<rect x="{x}" y="386" width="14" height="4" fill="{_colour(place)}"/>'
        yield _text(x + 20, 392, said)
        x += 40 + 6.6 * len(said)


def _axis_below(panel: Panel, labels: list[str], name: str = "") -> Iterator[str]:
    yield (
        f'<line x1="{panel.left}" x2="{panel.right}" y1="{panel.bottom}" y2="{panel.bottom}" '
        'stroke="#888"/>'
    )
    for x, label in zip(np.linspace(panel.left, panel.right, len(labels)), labels, strict=True):
        yield _text(float(x), panel.bottom + 18, label, anchor="middle")
    if name:
        yield _text(panel.right, panel.bottom + 34, name, anchor="end")


def _line(panel: Panel, x: Floats, y: Floats, arm: int, *, dash: bool = False) -> str:
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in zip(*panel.at(x, y), strict=True))
    style = ' stroke-dasharray="3 3" stroke-width="1"' if dash else ' stroke-width="2"'
    return f'<polyline points="{points}" fill="none" stroke="{_colour(arm)}"{style}/>'


def _band(panel: Panel, x: Floats, low: Floats, high: Floats, arm: int) -> str:
    there, back = (zip(*panel.at(x, low), strict=True), zip(*panel.at(x, high), strict=True))
    points = [*there, *reversed(list(back))]
    around = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    return f'<polygon points="{around}" fill="{_colour(arm)}" fill-opacity="0.12"/>'


def _text(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _colour(arm: int) -> str:
    return COLOURS[arm % len(COLOURS)]
