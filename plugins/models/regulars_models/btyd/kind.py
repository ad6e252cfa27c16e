"""The models as a playbook names them: ``value: {use: mbg-nbd, event: order, amount: total}``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from regulars.hooks import Foresees, ModelKind, Output, Reads

from regulars_models.late import late

from .settings import Lifetime, Spend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regulars.hooks import Settings


def _outputs(config: Lifetime) -> Mapping[str, Output]:
    event, within = config.event, config.horizon.micros
    ahead = f"in the next {config.horizon}"
    days = Foresees(event, within, "days")
    outputs = {
        "alive": Output("probability of still being a customer", low=0, high=1),
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


def _kind(
    name: str,
    summary: str,
    config: type[Settings],
    outputs: Callable[[Any], Mapping[str, Output]],
) -> ModelKind:
    return ModelKind(
        name,
        summary,
        config,
        outputs,
        _reads,
        partial(_LEARN, name),
        partial(_SCORES, name),
        _INPUTS,
        partial(_EXPLAIN, name),
    )


_LEARN = late(f"{__package__}.learning", "learn")
_SCORES = late(f"{__package__}.scoring", "scores")
_INPUTS = late(f"{__package__}.known", "inputs")
_EXPLAIN = late(f"{__package__}.reasons", "explain")

KINDS = [
    _kind(
        "mbg-nbd",
        "Who comes back, how often and when: the usual choice (MBG/NBD)",
        Lifetime,
        _outputs,
    ),
    _kind(
        "bg-nbd",
        "The same, where who came once is never thought gone (BG/NBD)",
        Lifetime,
        _outputs,
    ),
    _kind(
        "pareto-nbd",
        "The same, where customers may leave at any time (Pareto/NBD)",
        Lifetime,
        _outputs,
    ),
    _kind(
        "gamma-gamma",
        "What customers spend on a day that they come (Gamma-Gamma)",
        Spend,
        lambda config: {"expected_spend": _expected_spend(config)},
    ),
]
