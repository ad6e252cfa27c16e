"""``regulars ab``: a quick question without any playbook, and how long an experiment would take."""

from __future__ import annotations

import re
from math import isfinite
from typing import TYPE_CHECKING, Any

import click
from regulars.hooks import print_json, print_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Table

    from .answer import Prior
    from .totals import Kind

KINDS = ("conversion", "count", "mean", "revenue")
PERCENTAGE = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,9})?)%")


@click.command("ab")
@click.argument("arms", nargs=-1, metavar="[NAME=TOTALS]...")
@click.option("--kind", type=click.Choice(KINDS), default="conversion", show_default=True)
@click.option(
    "--prior",
    type=click.Choice(["lift", "flat"]),
    default="lift",
    show_default=True,
    help="lift: most changes bring a few percent. flat: any difference is as likely as any other.",
)
@click.option("--less", is_flag=True, help="Less is better, as of those who unsubscribe.")
@click.option("--plan", is_flag=True, help="Say how many days each stopping rule needs instead.")
@click.option("--base", metavar="PERCENT", help="With --plan: the share who convert today.")
@click.option("--lift", metavar="PERCENT", help="With --plan: the relative lift to find.")
@click.option("--per-day", type=float, help="With --plan: visitors a day, in all arms together.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def command(  # noqa: PLR0913, PLR0917 (one for each option)
    arms: tuple[str, ...],
    kind: Kind,
    prior: Prior,
    base: str | None,
    lift: str | None,
    per_day: float | None,
    *,
    less: bool,
    plan: bool,
    as_json: bool,
) -> None:
    """Compare arms by their totals; the first one is the control.

    \b
    regulars ab control=10/100 offer=15/100
    regulars ab --plan --base 5% --lift 10% --per-day 200

    What TOTALS are depends on the kind:

    \b
    conversion  CONVERTED/VISITORS      offer=15/100
    count       EVENTS/VISITORS         offer=28/100
    mean        CUSTOMERS:MEAN:SD       offer=25:11.20:2.24
    revenue     BUYERS/VISITORS:MEAN:SD offer=36/410:17.80:9.50

    MEAN and SD (standard deviation) are of each customer's amount, for revenue of what a buyer
    spends. An arm without a buyer is 0/410, with one buyer 1/410:17.80.
    """  # noqa: D301 (click reads \b as: keep these lines)
    options = {"--base": base, "--lift": lift, "--per-day": per_day}
    if plan:
        if arms:
            raise click.UsageError("--plan is about an experiment to come; leave the arms out")
        _plan(options, as_json=as_json)
    else:
        given = [name for name, value in options.items() if value is not None]
        if given:
            raise click.UsageError(f"{', '.join(given)}: only with --plan; add it")
        _compare(kind, arms, prior, less=less, as_json=as_json)


def _compare(
    kind: Kind, words: tuple[str, ...], prior: Prior, *, less: bool, as_json: bool
) -> None:
    from .totals import WANTED, read  # noqa: PLC0415 (the command line must start fast)

    if not words:
        raise click.UsageError(f"which arms? Write each as NAME={WANTED[kind]}")
    try:
        totals = read(kind, words, flat=prior == "flat")
    except ValueError as error:
        raise click.UsageError(str(error)) from None

    from .answer import answer  # noqa: PLC0415 (it loads scipy)
    from .words import told  # noqa: PLC0415

    found = answer(kind, totals, prior, less_is_better=less)
    _print(found.as_json(), told(found), as_json=as_json)


def _plan(options: Mapping[str, Any], *, as_json: bool) -> None:
    base, lift, per_day = _read(options)

    from regulars_models.bayes_ab.decision import Plan  # noqa: PLC0415 (it loads scipy)
    from regulars_models.bayes_ab.power import needs  # noqa: PLC0415
    from regulars_models.bayes_ab.rules import peeking  # noqa: PLC0415

    from .words import planned  # noqa: PLC0415

    found = needs(base, lift, per_day, Plan())
    setting = (
        f"a lift of {options['--lift']} where {options['--base']} convert, "
        f"with {per_day:,g} visitors a day in two arms"
    )
    rules = [
        {
            "rule": need.rule.id,
            "title": need.rule.title,
            "safe": need.rule.safe,
            "days": need.days,
            "stops_after": need.typical,
            "measured": {word: n for word, n in need.measured.items() if word not in _SAID},
        }
        for need in found
    ]
    _print({"rules": rules}, planned(found, peeking(), setting), as_json=as_json)


_SAID = ("title", "safe")


def _read(options: Mapping[str, Any]) -> tuple[float, float, float]:
    """The base rate and the lift as shares, and visitors a day; all that is wrong at once."""
    wrong = [f"{name}: --plan needs it" for name, value in options.items() if value is None]
    shares = {}
    for name in ("--base", "--lift"):
        form = PERCENTAGE.fullmatch(options[name] or "0%")
        if form is None:
            wrong.append(f"{name}: '{options[name]}' is no percentage; write it as 5%")
        shares[name] = float(form[1]) / 100 if form else 0.0
    base, lift, per_day = shares["--base"], shares["--lift"], options["--per-day"]
    if not wrong:
        if not 0 < base < 1:
            wrong.append("--base: it must lie between 0% and 100%")
        if lift == 0 or not 0 < base * (1 + lift) <= 1:
            wrong.append("--lift: it must leave a share of 0% to 100%, and not be 0%")
        if not isfinite(per_day):
            wrong.append(f"--per-day: {per_day} is no number of visitors; write it as 200")
        elif per_day <= 0:
            wrong.append("--per-day: it must be above 0")
    if wrong:
        raise click.UsageError("\n".join(wrong))
    return base, lift, float(per_day)


def _print(numbers: Mapping[str, Any], table: Table, *, as_json: bool) -> None:
    if as_json:
        print_json(numbers)
    else:
        print_tables([table])
