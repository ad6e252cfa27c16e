"""What models have learned, for people: first in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from regulars.predictions.backtests.quality import RECENCY
from regulars.predictions.doubts import is_sentences
from regulars.printing import console, one_line, print_table, print_tables

from .model_tables import print_drivers, share, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regulars.predictions.backtests.quality import Backtest
    from regulars.runs.modelling import Modelled


def print_models(found: Sequence[Modelled]) -> None:
    """A line for each model, and below what is missing."""
    columns = ["model", "kind", "learned", "events", "customers", "AUC"]
    print_table("Models", columns, map(_row, found))
    notes = [f"{model.name}: {model.missing}" for model in found if model.missing]
    if any(_ranked(model) for model in found):
        console().print(Text(f"AUC: how well it ranks, tested; in brackets {RECENCY}."))
    for note in [*notes, *(f"{each.name}: {word}" for each in found for word in each.warnings)]:
        _warn(note)


def _row(model: Modelled) -> list[object]:
    version = model.version
    if version is None:
        return [model.name, model.kind, "not yet", None, None, None]
    events = [f"{at:%Y-%m-%d}" for at in (version.since, version.until) if at is not None]
    learned = [f"{version.at:%Y-%m-%d}", f"version {version.number}"]
    customers = [version.customers, f"{model.scored:,} scored"]
    return [model.name, model.kind, learned, events, customers, _ranked(model)]


def _ranked(model: Modelled) -> list[str]:
    """How well the first of its outputs that can be told ranks, and how well recency does."""
    test = next((test for test in model.tests if test.model.auc is not None), None)
    if test is None:
        return []
    beside = test.baselines.get(RECENCY)
    return [share(test.model.auc), f"({share(beside.auc)})" if beside else ""]


def print_model(model: Modelled) -> None:
    """All that is known of one model."""
    out, version = console(), model.version
    out.print(Text(f"{model.name} ({model.kind}) as of {model.now:%Y-%m-%d %H:%M} UTC", "bold"))
    out.print("")
    for sentence in _sentences(model):
        out.print(Text(one_line(sentence)))
    if model.missing:
        _warn(model.missing)
    for word in model.warnings:
        _warn(word)
    for warning in _beaten(model.tests):
        _warn(warning)
    out.print("")
    if version is not None:
        print_tables(tables(model, version))
        print_drivers(version.fitted.drivers)


def _warn(said: str) -> None:
    console().print(Text.assemble(("! ", "yellow"), one_line(said)))


def _sentences(model: Modelled) -> Iterator[str]:
    version = model.version
    if version is None:
        yield "It has learned nothing yet, so it scores nobody."
        return
    since, until, customers = version.since, version.until, version.customers
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
    yield from _said(version.fitted.metrics)
    for output, why in model.untested.items():
        yield f"What {output} foresees is not tested on what came: {why}."


def _said(values: Mapping[str, Any]) -> list[str]:
    """What the model itself says in sentences."""
    return [item for value in values.values() if is_sentences(value) for item in value]


def _beaten(tests: Sequence[Backtest]) -> Iterator[str]:
    """Where a baseline ranks customers better than the model does."""
    for test in tests:
        own = test.model.auc
        ranked = {name: by.auc for name, by in test.baselines.items() if by.auc is not None}
        best = max(ranked, key=ranked.__getitem__, default=None)
        if own is not None and best is not None and round(ranked[best], 3) > round(own, 3):
            yield (
                f"{test.output}: {best} ranks customers better, with an AUC of "
                f"{share(ranked[best])} against {share(own)}."
            )
