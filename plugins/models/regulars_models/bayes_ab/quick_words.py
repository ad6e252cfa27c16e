"""What ``regulars ab`` says of its numbers: a table, a sentence, and what to know of it."""

from __future__ import annotations

from math import ceil, log10
from typing import TYPE_CHECKING, Any

from regulars.hooks import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .power import Need
    from .quick import Answer, ArmAnswer
    from .totals import Kind

SURE = 0.95
DAYS = (
    "days: how long it must be planned for, so that 4 of 5 experiments find such a lift; "
    "stops after: how long they then take on average."
)
WRONG = (
    "wrong: how often it calls a winner though both arms are the same; a rule is safe if that "
    "is 5 % at any traffic."
)
RIGHT = "right: how many of the winners that it calls are better, where lifts are small."
UNITS: dict[Kind, str] = {
    "conversion": "of the rate",
    "count": "a visitor",
    "mean": "a customer",
    "revenue": "a visitor",
}
TITLES: dict[Kind, str] = {
    "conversion": "Who converts",
    "count": "Events of a visitor",
    "mean": "The mean of a customer",
    "revenue": "Revenue of a visitor",
}


def told(answer: Answer) -> Table:
    """The arms as a table, with a sentence for each thing that a reader should know."""
    shown = ["arm", "rate", "95 % sure"]
    shown += ["lift, 95 % sure"] if answer.tau else []
    shown += ["beats control"] if len(answer.arms) > 2 else []  # noqa: PLR2004 (else it says: best)
    shown += ["best", "loss"]
    cells = [_cells(answer, arm) for arm in answer.arms]
    rows = tuple(tuple(row[column] for column in shown) for row in cells)
    notes = (sentence(answer), *_remarks(answer))
    title = f"{TITLES[answer.kind]}, {_prior(answer)}"
    return Table(title, tuple(shown), rows, notes)


def sentence(answer: Answer) -> str:
    """Which arm to take, or why none yet."""
    leader = answer.leader
    if len(answer.arms) == 1:
        return "There is one arm, so there is nothing to compare. Name a second one."
    if leader.expected_loss is None:
        return "Nothing is known of any arm yet. Ask again when something has happened."
    size = f"{_size(answer, leader.expected_loss)} {UNITS[answer.kind]}"
    cost = f"Choosing it now gives away {size} on average."
    chance = f"with a chance of {_percent(leader.p_best)}"
    if leader.p_best >= SURE:
        return f"{leader.name} is the best arm, {chance}. {cost}"
    return f"Not enough data yet: {leader.name} leads, but is the best only {chance}. {cost}"


def planned(needs: Sequence[Need], measured: Mapping[str, Any], setting: str) -> Table:
    """How long each rule takes and how often it is wrong; ``setting`` says for what."""
    rows = tuple(_plan_row(need) for need in needs)
    columns = ("rule", "safe", "days", "stops after", "wrong", "right")
    when = (
        f"Measured on {measured['measured']} with {measured['runs']:,} experiments of "
        f"{measured['days']} days: {measured['per_day']:,} visitors an arm a day, and in brackets "
        f"10,000; {_percent(measured['base'])} convert."
    )
    return Table(f"To find {setting}", columns, rows, (DAYS, WRONG, RIGHT, when))


def _plan_row(need: Need) -> tuple[str, ...]:
    seen = need.measured
    wrong = f"{100 * seen['nothing']:.1f} % ({100 * seen['nothing_large']:.1f} %)"
    return (
        need.rule.title,
        "yes" if need.rule.safe else "no",
        "over 10 years" if need.days is None else f"{need.days:,}",
        "" if need.typical is None else f"{need.typical:,.0f}",
        wrong,
        f"{100 * seen['right']:.1f} %",
    )


def _cells(answer: Answer, arm: ArmAnswer) -> dict[str, str]:
    number = _writer(answer)
    sign = " %" if answer.kind == "conversion" else ""
    sure, lift = "?", ""
    if arm.interval:
        sure = f"{number(arm.interval[0])} to {number(arm.interval[1])}{sign}"
    if arm.lift:
        lift = f"{100 * arm.lift[1]:+.1f} to {100 * arm.lift[2]:+.1f} %"
    return {
        "arm": arm.name,
        "rate": "?" if arm.rate is None else number(arm.rate) + sign,
        "95 % sure": sure,
        "lift, 95 % sure": lift,
        "beats control": "" if arm.p_beats_control is None else _percent(arm.p_beats_control),
        "best": _percent(arm.p_best),
        "loss": "?" if arm.expected_loss is None else _size(answer, arm.expected_loss),
    }


def _prior(answer: Answer) -> str:
    if answer.tau is None:
        return "flat prior"
    return f"lift prior N(0, {100 * answer.tau:.3g} %)"


def _remarks(answer: Answer) -> list[str]:
    better = "lowest" if answer.less_is_better else "highest"
    loss = f"loss: what choosing it gives away on average, {UNITS[answer.kind]}."
    remarks = [f"best: the chance that this arm's true value is the {better}; {loss}"]
    if answer.tau is None:
        remarks.append("The flat prior takes a lift of 300 % for as likely as one of 3 %.")
    else:
        remarks.append(
            f"The lift prior expects lifts of about {100 * answer.tau:.3g} % either way, as most "
            "changes bring; it takes data to say more."
        )
    remarks.append(
        "This is one look. To look often and stop early, plan for it: regulars ab --plan."
    )
    return remarks


def _writer(answer: Answer) -> Callable[[float], str]:
    """Writes a rate with the digits that its interval lets matter; a share as a percentage."""
    times = 100 if answer.kind == "conversion" else 1
    widths = [high - low for low, high in (arm.interval for arm in answer.arms if arm.interval)]
    width = times * min((width for width in widths if width > 0), default=1.0)
    digits = min(max(ceil(1.5 - log10(width)), 0), 12)
    return lambda value: f"{times * value:,.{digits}f}"


def _size(answer: Answer, loss: float) -> str:
    """A loss in the goal's own unit: of shares, percentage points."""
    if answer.kind == "conversion":
        return f"{100 * loss:.2g} points"
    return f"{loss:,.2f}" if loss >= 1 else f"{loss:.2g}"


def _percent(share: float) -> str:
    """A chance; never 100 % nor 0 % by rounding alone."""
    if 0.999 < share < 1:  # noqa: PLR2004
        return "> 99.9 %"
    if 0 < share < 0.001:  # noqa: PLR2004
        return "< 0.1 %"
    return f"{100 * share:.3g} %"
