"""Offer: what a playbook may use. Each is called once, and must be cheap and offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks.marks import hookspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.hooks.kinds import (
        AllocationKind,
        AnalysisKind,
        ChannelKind,
        ConditionKind,
        ConnectorKind,
        LayoutKind,
        ModelKind,
        StarterKind,
        TraitKind,
        TriggerKind,
    )


@hookspec
def regulars_connectors() -> Iterable[ConnectorKind]:  # type: ignore[empty-body]
    """Offer a place that data comes from: what may stand after ``use:`` in ``sources``.

    ``open`` yields the parts of the source, each read in batches. It runs only when a playbook
    is run, so it may take its time and use the network.

    Example:
        from contextlib import contextmanager

        from regulars.hooks import Batch, ConnectorKind, Settings, SourcePart, hookimpl


        class Names(Settings):
            names: list[str]


        @contextmanager
        def open_names(config, folder):
            def read(cursor):
                rows = [(name.lower(), name) for name in config.names]
                yield Batch(("id", "first_name"), rows, numbers=range(1, len(rows) + 1))

            yield [SourcePart("names", read, fingerprint=",".join(config.names))]


        @hookimpl
        def regulars_connectors():
            return [ConnectorKind("names", "Customers named in the playbook", Names, open_names)]
    """


@hookspec
def regulars_models() -> Iterable[ModelKind]:  # type: ignore[empty-body]
    """Offer a prediction: what may stand after ``use:`` in ``models``.

    ``fit`` learns from everybody, once every ``refit`` of the playbook; ``score`` says in every run
    what that means for each customer. Where there is too little to learn from, ``fit`` says so.

    Example:
        import numpy as np

        from regulars.hooks import DAY, Fitted, ModelKind, Output, Reads, Settings, hookimpl


        class Silence(Settings):
            event: str


        def outputs(config):
            return {"unusual": Output("share of pauses that were shorter", low=0, high=1)}


        def reads(config):
            return Reads(events=[config.event])


        def fit(config, data, seed):
            events = data.events[config.event]
            pauses = np.diff(events.at)[np.diff(events.customer) == 0] / DAY
            if len(pauses) < 10:
                return f"{len(pauses)} pauses between two events of a customer; 10 are needed"
            return Fitted({"longest": float(pauses.max())}, {"pauses": np.sort(pauses)})


        def score(config, fitted, data):
            events = data.events[config.event]
            last = np.full(len(data), np.nan)
            last[events.customer] = events.at  # the last one of each customer stays
            pauses = fitted.arrays["pauses"]
            shorter = np.searchsorted(pauses, (data.now - last) / DAY) / len(pauses)
            return {"unusual": np.where(np.isnan(last), np.nan, shorter)}


        @hookimpl
        def regulars_models():
            summary = "How unusual it is that nothing was heard for so long"
            return [ModelKind("silence", summary, Silence, outputs, reads, fit, score)]
    """


@hookspec
def regulars_channels() -> Iterable[ChannelKind]:  # type: ignore[empty-body]
    r"""Offer a way to reach a customer: what may stand after ``use:`` in ``channels``.

    ``open`` is entered once in each worker thread. ``send`` hands over one message and returns a
    receipt, or raises TemporaryError, PermanentError or UnknownOutcome of ``regulars.errors``.

    Example:
        from contextlib import contextmanager

        from regulars.hooks import ChannelKind, Receipt, Settings, hookimpl


        class Pager(Settings):
            file: str


        class Writer:
            def __init__(self, stream):
                self.stream = stream

            def send(self, message):
                self.stream.write(f"{message.address}: {message.text}\n")
                return Receipt(message.key)


        @contextmanager
        def open_pager(config, context):
            with (context.folder / config.file).open("a", encoding="utf-8") as stream:
                yield Writer(stream)


        @hookimpl
        def regulars_channels():
            return [ChannelKind("pager", "One line a message", Pager, open_pager, ("text",))]
    """


@hookspec
def regulars_analyses() -> Iterable[AnalysisKind]:  # type: ignore[empty-body]
    """Offer a way to read an experiment: what may stand after ``use:`` in its ``decide``.

    ``analyse`` is given who had which arm and what happened then, as arrays, and answers with a
    verdict in words. Equal data give equal answers: it draws nothing at random.

    Example:
        import numpy as np

        from regulars.hooks import AnalysisKind, Reading, Settings, hookimpl


        class Buyers(Settings):
            enough: int = 100


        def analyse_buyers(config, trial):
            buyers = np.unique(trial.outcomes[0].happened.unit)
            count = np.bincount(trial.units.arm[buyers], minlength=len(trial.arms))
            if len(buyers) < config.enough:
                return Reading("keep going", None, f"{len(buyers)} buyers so far.")
            most = trial.arms[int(count.argmax())]
            return Reading("winner", most, f"{most} has the most buyers.")


        @hookimpl
        def regulars_analyses():
            return [AnalysisKind("buyers", "The most buyers", Buyers, analyse_buyers)]
    """


@hookspec
def regulars_allocations() -> Iterable[AllocationKind]:  # type: ignore[empty-body]
    """Offer a bandit: what may stand after ``use:`` in the ``allocation`` of an experiment.

    ``allocate`` is asked once a run for the probability of each arm; whoever comes next is given
    theirs by it, and keeps it.

    Example:
        import numpy as np

        from regulars.hooks import AllocationKind, Settings, hookimpl


        class Greedy(Settings):
            explore: float = 0.1


        def allocate_greedily(config, trial):
            arms = len(trial.arms)
            shown = np.bincount(trial.units.arm, minlength=arms)
            brought = np.bincount(trial.units.arm[trial.outcomes[0].happened.unit], minlength=arms)
            best = np.argmax((brought + 1) / (shown + 2))
            return (1 - config.explore) * (np.arange(arms) == best) + config.explore / arms


        @hookimpl
        def regulars_allocations():
            return [AllocationKind("greedy", "Mostly the best so far", Greedy, allocate_greedily)]
    """


@hookspec
def regulars_triggers() -> Iterable[TriggerKind]:  # type: ignore[empty-body]
    """Offer what lets a customer into a journey: what may stand after ``use:`` in ``when``.

    ``compile`` gives one SELECT of customer, key and time. A customer enters once for each key.

    Example:
        from sqlalchemy import literal, select

        from regulars.hooks import Settings, TriggerKind, hookimpl, micros


        class MovesTo(Settings):
            city: str


        def compile_moves(config, columns, moment, since):
            first_seen = select(
                columns.customer.label("customer"),
                literal(config.city).label("key"),
                literal(micros(moment.now)).label("occurred_at"),
            )
            here = columns.attribute("city") == config.city
            return first_seen.select_from(columns.people).where(here)


        @hookimpl
        def regulars_triggers():
            return [TriggerKind("moves-to", "First seen in a city", MovesTo, compile_moves)]
    """


@hookspec
def regulars_conditions() -> Iterable[ConditionKind]:  # type: ignore[empty-body]
    """Offer a condition on customers: what may stand after ``use:`` in a condition.

    ``compile`` gives one boolean SQL expression; values from the playbook are bound to it, never
    written into it. An unknown result counts as false.

    Example:
        from sqlalchemy import func

        from regulars.hooks import ConditionKind, Settings, hookimpl


        class Initial(Settings):
            letter: str


        def compile_initial(config, columns, moment):
            return func.substr(columns.attribute("first_name"), 1, 1) == config.letter


        @hookimpl
        def regulars_conditions():
            return [ConditionKind("initial", "A first name's letter", Initial, compile_initial)]
    """


@hookspec
def regulars_traits() -> Iterable[TraitKind]:  # type: ignore[empty-body]
    """Offer a value computed for each customer: what may stand after ``use:`` in ``traits``.

    ``compile`` gives one aggregate SQL expression over the customer's events.

    Example:
        from sqlalchemy import case, func

        from regulars.hooks import DAY, Settings, TraitKind, hookimpl


        class Loyalty(Settings):
            event: str


        def compile_loyalty(config, columns, moment):
            time = case((columns.is_event(config.event), columns.time))
            return (func.max(time) - func.min(time)) // DAY


        @hookimpl
        def regulars_traits():
            summary = "Days between the first and the last event"
            return [TraitKind("loyalty", summary, Loyalty, "integer", compile_loyalty)]
    """


@hookspec
def regulars_templates() -> Iterable[LayoutKind | StarterKind]:  # type: ignore[empty-body]
    """Offer layouts for e-mail, and playbooks that ``regulars init`` may start from.

    The folder of a layout holds ``<name>.html.j2``; the folder of a starter holds
    ``playbook.yaml`` and what belongs to it.

    Example:
        from pathlib import Path

        from regulars.hooks import LayoutKind, StarterKind, hookimpl

        HERE = Path(__file__).parent


        @hookimpl
        def regulars_templates():
            yield LayoutKind("slip", "Narrow, like a receipt", HERE / "layouts")
            yield StarterKind("tea-shop", "A shop that sells tea", HERE / "tea-shop")
    """
