"""What models have learned, for people: how it stands in words, then numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from regulars.instants import instant
from regulars.predictions.baselines import RECENCY
from regulars.printing import Table, console, one_line, print_table, print_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regulars.predictions.quality import Backtest, Quality
    from regulars.predictions.versions import Version
    from regulars.runs.modelling import Modelled

MOST = 40  # parameters that are shown
DRIVERS = 10
BAR = 20  # characters of the longest bar
LONGEST = 6  # numbers of a list that are shown


def print_models(found: Sequence[Modelled]) -> None:
    """A line for each model, and below what is missing."""
    columns = ["model", "kind", "learned", "events", "customers", "AUC"]
    print_table("Models", columns, map(_row, found))
    notes = [f"{model.name}: {model.missing}" for model in found if model.missing]
    if any(_ranked(model) for model in found):
        console().print(Text(f"AUC: how well it ranks, tested; in brackets {RECENCY}."))
    for note in notes:
        _warn(note)


def _row(model: Modelled) -> list[object]:
    version, source = model.version, model.source
    if version is None:
        return [model.name, model.kind, "not yet", None, None, None]
    events = [f"{at:%Y-%m-%d}" for at in (source.since, source.until) if at is not None]
    learned = [f"{version.at:%Y-%m-%d}", f"version {version.number}"]
    customers = [source.customers, f"{model.scored:,} scored"]
    return [model.name, model.kind, learned, events, customers, _ranked(model)]


def _ranked(model: Modelled) -> list[str]:
    """How well the first of its outputs that can be told ranks, and how well recency does."""
    test = next((test for test in model.tests if test.model.auc is not None), None)
    if test is None:
        return []
    beside = test.baselines.get(RECENCY)
    return [_share(test.model.auc), f"({_share(beside.auc)})" if beside else ""]


def print_model(model: Modelled) -> None:
    """All that is known of one model."""
    out, version = console(), model.version
    out.print(Text(f"{model.name} ({model.kind}) as of {model.now:%Y-%m-%d %H:%M} UTC", "bold"))
    out.print("")
    for sentence in _sentences(model):
        out.print(Text(one_line(sentence)))
    if model.missing:
        _warn(model.missing)
    for warning in _beaten(model.tests):
        _warn(warning)
    out.print("")
    if version is not None:
        print_tables(_tables(model, version))
        _print_drivers(version.fitted.drivers)


def _warn(said: str) -> None:
    console().print(Text.assemble(("! ", "yellow"), one_line(said)))


def _sentences(model: Modelled) -> Iterator[str]:
    version = model.version
    if version is None:
        yield "It has learned nothing yet, so it scores nobody."
        return
    since, until, customers = model.source.since, model.source.until, model.source.customers or 0
    span = "" if since is None else f", by events from {since:%Y-%m-%d} to {until:%Y-%m-%d}"
    yield (
        f"Version {version.number} learned on {version.at:%Y-%m-%d %H:%M} from "
        f"{customers:,} {'customer' if customers == 1 else 'customers'}{span}."
    )
    said = ", ".join(f"{output} ({unit})" for output, unit in model.units.items())
    yield f"It says of {model.scored:,}: {said}."
    likelihood = version.fitted.diagnostics.get("log_likelihood")
    if likelihood is not None:
        yield f"The log-likelihood is {likelihood:,.4f}."
    for output, why in model.untested.items():
        yield f"What {output} foresees is not tested on what came: {why}."


def _beaten(tests: Sequence[Backtest]) -> Iterator[str]:
    """Where a baseline ranks customers better than the model does."""
    for test in tests:
        own = test.model.auc
        ranked = {name: by.auc for name, by in test.baselines.items() if by.auc is not None}
        best = max(ranked, key=ranked.__getitem__, default=None)
        if own is not None and best is not None and ranked[best] > own:
            yield (
                f"{test.output}: {best} ranks customers better, with an AUC of "
                f"{_share(ranked[best])} against {_share(own)}."
            )


def _tables(model: Modelled, version: Version) -> Iterator[Table]:
    yield from _learned(version)
    for test in model.tests:
        yield _tested(model.name, test)
        yield _calibration(test)
    if version.fitted.metrics:
        rows = tuple((name, number(value)) for name, value in _flat(version.fitted.metrics))
        yield Table("By its own account", ("metric", "value"), rows)


def _learned(version: Version) -> Iterator[Table]:
    told = version.fitted.diagnostics
    errors = dict(_flat(told.get("standard_errors") or {}))
    known = list(_flat(version.fitted.parameters))
    rows = tuple(
        (name, _exact(value), number(errors[name]) if name in errors else "")
        for name, value in known[:MOST]
    )
    more = len(known) - MOST
    notes = (f"… and {more:,} more; --json has them all.",) if more > 0 else ()
    if rows:
        yield Table("What it learned", ("parameter", "value", "standard error"), rows, notes)


def _tested(name: str, test: Backtest) -> Table:
    rows = [_quality(name, test.model)]
    rows += [_quality(baseline, by) for baseline, by in test.baselines.items()]
    rows.append(("what came", "", number(test.actual), ""))
    title = f"Tested: {test.output} from {_day(test.cutoff)} to {_day(test.until)}"
    note = f"What knew nothing after {_day(test.cutoff)} said this of {test.customers:,} customers."
    return Table(title, ("by", "AUC", "in all", "error each"), tuple(rows), (note,))


def _day(at: int) -> str:
    return f"{instant(at):%Y-%m-%d}"


def _quality(name: str, by: Quality) -> tuple[str, ...]:
    return (name, _share(by.auc), number(by.total), number(by.error))


def _calibration(test: Backtest) -> Table:
    rows = tuple(
        (
            f"{group.customers:,}",
            number(group.expected),
            number(group.actual),
            f"{number(group.low)} to {number(group.high)}",
            "" if group.low <= group.expected <= group.high else "off",
        )
        for group in test.calibration
    )
    columns = ("customers", "expected", "came", "95 % interval", "")
    return Table(f"Calibration of {test.output}", columns, rows)


def _print_drivers(drivers: Mapping[str, float]) -> None:
    ranked = sorted(drivers.items(), key=lambda item: -item[1])[:DRIVERS]
    if ranked:
        most = ranked[0][1] or 1
        rows = [[name, float(f"{by:.4g}"), "█" * round(BAR * by / most)] for name, by in ranked]
        print_table("What drives it", ["input", "matters", ""], rows)


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The values by their names, ``weights.spend`` where they are nested."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _exact(value: Any) -> str:
    """A parameter, with the digits that matter to who compares it."""
    return f"{value:,.6g}" if isinstance(value, float) else number(value)


def number(value: Any) -> str:
    """``value`` as a person reads it: four digits that matter; a long list by its length."""
    if value is None:
        return ""
    if isinstance(value, list):
        shown = ", ".join(map(number, value[:LONGEST]))
        return shown if len(value) <= LONGEST else f"{len(value):,} values: {shown}, …"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"  # noqa: PLR2004
    return one_line(value)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
