"""The totals of an arm as a person writes them: ``offer=15/100``.

Everything that is wrong is found at once, each with the word that it stands in and what to write
instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regulars_models.bayes_ab.measures import VALUES

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["conversion", "count", "mean", "revenue"]

NUMBER = r"\d+(?:\.\d+)?"
FORMS = {
    "conversion": re.compile(r"(?P<top>\d+)/(?P<visitors>\d+)"),
    "count": re.compile(rf"(?P<top>\d+)/(?P<visitors>{NUMBER})"),
    "mean": re.compile(rf"(?P<visitors>\d+):(?P<mean>-?{NUMBER}):(?P<sd>{NUMBER})"),
    "revenue": re.compile(
        rf"(?P<buyers>\d+)/(?P<visitors>\d+)(?::(?P<mean>{NUMBER})(?::(?P<sd>{NUMBER}))?)?"
    ),
}
WANTED = {
    "conversion": "CONVERTED/VISITORS, as in offer=15/100",
    "count": "EVENTS/VISITORS, as in offer=28/100",
    "mean": "CUSTOMERS:MEAN:SD, as in offer=25:11.20:2.24",
    "revenue": "BUYERS/VISITORS:MEAN:SD of what a buyer spends, as in offer=36/410:17.80:9.50",
}
MOST = 10**12  # of anything: more is a slip of the hand, and sums of squares stay exact enough


@dataclass(frozen=True)
class Totals:
    """What was seen of one arm.

    ``top`` is what is counted among the ``visitors``: conversions, events, or money. ``mean`` and
    ``sd`` are of each customer, or for revenue of each of the ``buyers``.
    """

    name: str
    visitors: float
    top: float
    mean: float = 0.0
    sd: float = 0.0
    buyers: float = 0.0

    @property
    def rate(self) -> float | None:
        """What came of each visitor, None if there was none."""
        return self.top / self.visitors if self.visitors else None


def read(kind: Kind, words: Sequence[str], *, flat: bool) -> tuple[Totals, ...]:
    """The arms that ``words`` tell of, the first being the control.

    ``flat`` says that the prior is; each prior has totals of which it can't say anything.

    Raises ValueError with a line for each thing that is wrong.
    """
    found: list[Totals] = []
    wrong: list[str] = []
    for word in words:
        name, equals, text = word.partition("=")
        form = FORMS[kind].fullmatch(text)
        if not (name and equals and form):
            wrong.append(f"{word}: write a {kind} as NAME={WANTED[kind]}")
            continue
        arm = _totals(name, kind, form)
        reason = _against(kind, arm, form, flat=flat)
        if name in (other.name for other in found):
            reason = f"there are two arms '{name}'; give each a name of its own"
        if reason:
            wrong.append(f"{word}: {reason}")
        found.append(arm)
    if wrong:
        raise ValueError("\n".join(wrong))
    return tuple(found)


def _totals(name: str, kind: Kind, form: re.Match[str]) -> Totals:
    given = {word: float(text) for word, text in form.groupdict().items() if text is not None}
    if kind == "mean":
        given["top"] = given["mean"] * given["visitors"]
    if kind == "revenue":
        given["top"] = given["buyers"] * given.get("mean", 0.0)
    return Totals(name, **given)


def _against(kind: Kind, arm: Totals, form: re.Match[str], *, flat: bool) -> str | None:
    """Why nothing can be said of this arm and what to do, or None."""
    if any(float(text) > MOST for text in form.groupdict().values() if text is not None):
        return f"a number is above {MOST:,}; check the digits"
    if kind == "count":
        nobody = arm.visitors == 0 and (flat or arm.top > 0)
        return "nobody was there to count; leave this arm out" if nobody else None
    if kind == "mean":
        return _against_mean(arm, flat=flat)
    part, noun = (arm.top, "converted") if kind == "conversion" else (arm.buyers, "bought")
    if part > arm.visitors:
        return f"more {noun} than came; write {WANTED[kind]}"
    if kind == "revenue":
        return _against_spend(arm, form)
    return None


def _against_mean(arm: Totals, *, flat: bool) -> str | None:
    if arm.visitors < VALUES:
        return f"a mean needs at least {VALUES} customers; leave this arm out until there are"
    if arm.sd == 0:
        return "a standard deviation of 0 leaves nothing to chance; give it with more digits"
    if arm.mean <= 0 and not flat:
        return "a lift is relative to a mean above 0; use --prior flat"
    return None


def _against_spend(arm: Totals, form: re.Match[str]) -> str | None:
    if arm.buyers and not arm.mean:
        return f"what did a buyer spend? Write {WANTED['revenue']}"
    if arm.buyers > 1 and form["sd"] is None:
        return f"how does it vary between buyers? Write {WANTED['revenue']}"
    if not arm.buyers and arm.mean:
        return "nobody bought, so there is no mean; write BUYERS/VISITORS alone"
    return None
