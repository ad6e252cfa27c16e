"""Doubts: why a person should look at what a model learned before they believe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.hooks.predictions import Fitted

UNSETTLED = (
    "The search for its parameters ended before it found the best ones, so its scores may be off. "
    "More data may help, or another model."
)


def doubts(fitted: Fitted) -> tuple[str, ...]:
    """What the diagnostics of ``fitted`` warn of: its own sentences, or that it didn't converge."""
    own = tuple(
        item for value in fitted.diagnostics.values() if is_sentences(value) for item in value
    )
    return own or ((UNSETTLED,) if fitted.diagnostics.get("converged") is False else ())


def is_sentences(value: Any) -> bool:
    """Whether it is a list of sentences."""
    return isinstance(value, list) and all(
        isinstance(item, str) and item.endswith(".") for item in value
    )
