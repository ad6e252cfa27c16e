"""The models as a playbook names them: ``value: {use: mbg-nbd, event: order, amount: total}``.

What calculates is loaded when there is something to learn: a playbook is to be checked in no time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from regulars.hooks import Foresees, ModelKind, Output, Reads

from .settings import Lifetime, Spend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import Fitted, ModelData, Reason

    Scores = Mapping[str, NDArray[Any]]


def _outputs(config: Lifetime) -> Mapping[str, Output]:
    event, within = config.event, config.horizon.micros
    ahead = f"in the next {config.horizon}"
    days = Foresees(event, within, "days")
    outputs = {
        "alive": Output("probability", low=0, high=1),
        "expected_events": Output(f"days with {event} {ahead}", low=0, foresees=days),
        "next_event_by": Output(f"the next {event} comes by then, {config.chance} sure", "time"),
    }
    if config.spent is not None:
        outputs["expected_spend"] = _expected_spend(config)
        # Only what is neither discounted nor a margin can be counted when it has come.
        plain = config.margin.share == 1 and not config.discount.share
        total = Foresees(event, within, "sum", f"{event}.{config.spent}") if plain else None
        outputs["clv"] = Output(f"{config.spent} {ahead}", low=0, foresees=total)
    return outputs


def _expected_spend(config: Lifetime | Spend) -> Output:
    return Output(f"{config.spent} on a day with {config.event}", low=0)


def _reads(config: Lifetime | Spend) -> Reads:
    amounts = [f"{config.event}.{config.spent}"] if config.spent else []
    return Reads(events=[config.event], amounts=amounts)


def _fit(name: str, config: Lifetime | Spend, data: ModelData, _seed: int) -> Fitted | str:
    from .learning import learn  # noqa: PLC0415 (only when there is something to learn)

    return learn(name, config, data)


def _score(name: str, config: Lifetime | Spend, fitted: Fitted, data: ModelData) -> Scores:
    from .scoring import scores  # noqa: PLC0415 (only when there is something to score)

    return scores(name, config, fitted, data)


def _inputs(config: Lifetime | Spend, data: ModelData) -> Scores:
    from .known import inputs  # noqa: PLC0415 (only when there is something to look at)

    return inputs(config, data)


def _explain(
    name: str, config: Lifetime | Spend, fitted: Fitted, data: ModelData
) -> Mapping[str, Sequence[Reason]]:
    from .reasons import explain  # noqa: PLC0415 (only when somebody asks)

    return explain(name, config, fitted, data)


def _lifetime(name: str, summary: str) -> ModelKind:
    """A model of when events come and when they end."""
    return ModelKind(
        name,
        summary,
        Lifetime,
        _outputs,
        _reads,
        partial(_fit, name),
        partial(_score, name),
        _inputs,
        partial(_explain, name),
    )


KINDS = [
    _lifetime("mbg-nbd", "Who comes back, how often and when: the usual choice (MBG/NBD)"),
    _lifetime("bg-nbd", "The same, but who came once is never thought gone (BG/NBD)"),
    _lifetime("pareto-nbd", "The same, and customers may leave at any time (Pareto/NBD)"),
    ModelKind(
        "gamma-gamma",
        "What customers spend on a day that they come (Gamma-Gamma)",
        Spend,
        lambda config: {"expected_spend": _expected_spend(config)},
        _reads,
        partial(_fit, "gamma-gamma"),
        partial(_score, "gamma-gamma"),
        _inputs,
        partial(_explain, "gamma-gamma"),
    ),
]
