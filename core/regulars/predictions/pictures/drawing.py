"""Drawing: panels with axes, lines and points, as parts of an SVG document.

Colours are named by classes, so that a picture is readable on light paper and on dark.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Range = tuple[float, float]

WIDTH = 960
TICKS = 5
STEPS = (1, 2, 2.5, 5, 10)
STYLE = """\
<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.head { font-size: 18px; font-weight: 600 }
.title { font-size: 13px; font-weight: 600 }
.dim { fill: #59636e }
.paper { fill: #ffffff }
.grid { stroke: #e6e9ed; fill: none }
.axis { stroke: #8b949e; fill: none }
.nothing { stroke: #8b949e; stroke-dasharray: 4 4; fill: none }
.came { stroke: #0072b2; fill: none; stroke-width: 2.25 }
.foreseen { stroke: #d55e00; fill: none; stroke-width: 2; stroke-dasharray: 7 4 }
.whisker { stroke: #0072b2; stroke-width: 1.5; fill: none; stroke-opacity: .55 }
.dot { fill: #0072b2 }
.area { fill: #0072b2; fill-opacity: .08 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .dim { fill: #9aa4af }
  .paper { fill: #14181e }
  .grid { stroke: #2a3038 }
  .axis, .nothing { stroke: #6e7781 }
  .came, .whisker { stroke: #56b4e9 }
  .foreseen { stroke: #f0a35e }
  .dot, .area { fill: #56b4e9 }
}
</style>"""


@dataclass(frozen=True)
class Panel:
    """A rectangle of the page, and the numbers that its edges stand for.

    On ``roots`` the page shows square roots: many small numbers beside few large ones keep apart.
    """

    left: float
    right: float
    top: float
    bottom: float
    x: Range
    y: Range
    roots: bool = False

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of ``x`` and ``y`` on the page."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        if self.roots:
            across, up = math.sqrt(max(across, 0.0)), math.sqrt(max(up, 0.0))
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )

    def axes(self, across: str, up: str, *, shares: bool = False) -> Iterator[str]:
        """Grid, ticks and what the axes mean; ``shares`` are written as percentages."""
        for value in ticks(*self.y, roots=self.roots):
            x, y = self.at(self.x[0], value)
            yield f'<path class="grid" d="M{x:.1f} {y:.1f}H{self.right:.1f}"/>'
            yield text(x - 8, y + 4, tick(value, shares=shares), "dim", anchor="end")
        for value in ticks(*self.x, roots=self.roots):
            x, y = self.at(value, self.y[0])
            yield f'<path class="axis" d="M{x:.1f} {y:.1f}v4"/>'
            yield text(x, y + 18, tick(value, shares=shares), "dim", anchor="middle")
        yield f'<path class="axis" d="M{self.left:.1f} {self.bottom:.1f}H{self.right:.1f}"/>'
        yield text(self.right, self.bottom + 36, across, "dim", anchor="end")
        yield text(self.left, self.top - 8, up, "dim")

    def line(self, points: Sequence[tuple[float, float]], style: str) -> str:
        """A line through ``points``."""
        return f'<polyline class="{style}" points="{self._joined(points)}"/>'

    def area(self, points: Sequence[tuple[float, float]], style: str) -> str:
        """The area that ``points`` go around."""
        return f'<polygon class="{style}" points="{self._joined(points)}"/>'

    def _joined(self, points: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in points))


def document(name: str, about: str, height: float, parts: Sequence[str]) -> str:
    """One SVG document: no script, and nothing from outside."""
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(name)}</title>",
            f"<desc>{escape(about)}</desc>",
            STYLE,
            '<rect class="paper" width="100%" height="100%"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def text(x: float, y: float, said: str, style: str = "", *, anchor: str = "start") -> str:
    """A line of text; ``anchor`` says which end of it stands at ``x``."""
    named = f' class="{style}"' if style else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}{place}>{escape(said)}</text>'


def dot(x: float, y: float, about: str) -> str:
    """A point that says what it is ``about`` to who points at it."""
    told = f"<title>{escape(about)}</title>"
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5">{told}</circle>'


def legend(x: float, y: float, entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What lines mean: each a style and its words, side by side."""
    for style, words in entries:
        if style == "dot":
            yield f'<path class="whisker" d="M{x + 11:.1f} {y - 11:.1f}v14"/>'
            yield dot(x + 11, y - 4, words)
        else:
            yield f'<path class="{style}" d="M{x:.1f} {y - 4:.1f}h22"/>'
        yield text(x + 28, y, words, "dim")
        x += 48 + 6.7 * len(words)


def ticks(low: float, high: float, *, roots: bool = False) -> list[float]:
    """About five round numbers from ``low`` to ``high``; for ``roots`` closer to the first."""
    if roots:
        places = [low + (high - low) * (count / TICKS) ** 2 for count in range(1, TICKS + 1)]
        return sorted({low, *(_round_down(place) for place in places)})
    step = _round_up((high - low) / (TICKS + 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [count * step for count in range(first, last + 1)]


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * each for each in STEPS if power * each >= value * (1 - 1e-9))


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return max(power * each for each in STEPS if power * each <= value * (1 + 1e-9))


def tick(value: float, *, shares: bool = False) -> str:
    """A tick's number as it is written."""
    return f"{value:.0%}" if shares else f"{value:,.10g}" if abs(value) >= 1 else f"{value:.3g}"
