"""What ``regulars ab`` says of its numbers: a table, a sentence, and what to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.hooks import Table

from regulars_models.bayes_ab.wording import LOSS, UNITS, Unit, chance, estimate, percent, prior

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regulars_models.bayes_ab.power import Need

    from .answer import Answer, ArmAnswer
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
OF_VISITORS: dict[Kind, tuple[Unit, str]] = {
    "conversion": (UNITS["conversion"], "of the rate"),
    "count": (Unit("each"), "a visitor"),
    "mean": (UNITS["mean"], "a customer"),
    "revenue": (UNITS["revenue"], "a visitor"),
}
TITLES: dict[Kind, str] = {
    "conversion": "Who converts",
    "count": "Events of a visitor",
    "mean": "The mean of a customer",
    "revenue": "Revenue of a visitor",
}


def told(answer: Answer) -> Table:
    """The arms as a table, with a sentence for each thing that a reader should know.

    The lift prior is about lifts, so these are told; the flat one is about each arm by itself.
    """
    unit, _ = OF_VISITORS[answer.kind]
    shown = ["arm", unit.head]
    if answer.tau is None:
        shown += ["95 % sure"]
        shown += ["beats control"] if len(answer.arms) > 2 else []  # noqa: PLR2004 (else it says: best)
    shown += ["best", "loss"]
    shown += ["lift, 95 % sure"] if answer.tau else []
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
    unit, each = OF_VISITORS[answer.kind]
    size = f"{unit.loss(leader.expected_loss, leader.relative_loss)} {each}"
    cost = f"Choosing it now gives away {size} on average."
    likely = f"with a chance of {chance(leader.p_best)}"
    if leader.p_best >= SURE:
        return f"{leader.name} is the best arm, {likely}. {cost}"
    return f"Not enough data yet: {leader.name} leads, but is the best only {likely}. {cost}"


def planned(needs: Sequence[Need], measured: Mapping[str, Any], setting: str) -> Table:
    """How long each rule takes and how often it is wrong; ``setting`` says for what."""
    rows = tuple(_plan_row(need) for need in needs)
    columns = ("rule", "safe", "days", "stops after", "wrong", "right")
    when = (
        f"Measured on {measured['measured']} with {measured['runs']:,} experiments of "
        f"{measured['days']} days: {measured['per_day']:,} visitors an arm a day, and in brackets "
        f"10,000; {percent(measured['base'])} convert."
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
    unit, _ = OF_VISITORS[answer.kind]
    write = unit.writer(each.interval for each in answer.arms if each.interval)
    return {
        "arm": arm.name,
        unit.head: "-" if arm.rate is None else write(arm.rate),
        "95 % sure": unit.between(*arm.interval, write) if arm.interval else "-",
        "beats control": "-" if arm.p_beats_control is None else chance(arm.p_beats_control),
        "best": chance(arm.p_best),
        "loss": unit.loss(arm.expected_loss, arm.relative_loss),
        "lift, 95 % sure": estimate(*arm.lift) if arm.lift else "-",
    }


def _prior(answer: Answer) -> str:
    return "flat prior" if answer.tau is None else prior(answer.tau)


def _remarks(answer: Answer) -> list[str]:
    better = "lowest" if answer.less_is_better else "highest"
    remarks = [f"best: the chance that this arm's true value is the {better}. {LOSS}"]
    if answer.tau is None:
        remarks.append("The flat prior takes a lift of 300 % for as likely as one of 3 %.")
    else:
        remarks.append(
            f"The lift prior expects lifts of about {percent(answer.tau)} either way, as most "
            "changes bring; it takes data to say more."
        )
    remarks.append(
        "This is one look. To look often and stop early, plan for it: regulars ab --plan."
    )
    return remarks
