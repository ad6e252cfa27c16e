"""What an event is worth or says: its property, as a playbook names it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def property_of(event: str, amount: str) -> str:
    """``total`` of an amount that is written ``total`` or ``order.total``."""
    return amount.removeprefix(f"{event}.")


def check_amount(event: str, amount: str) -> None:
    """Raise ValueError for an ``amount`` that is no property of ``event``."""
    if "." in property_of(event, amount):
        raise ValueError(f"amount: write a property of '{event}', such as total or {event}.total")


def _with_event(written: str) -> str:
    event, _, name = written.partition(".")
    if not event or not name:
        raise ValueError(f"write event and property, as review.text, not '{written}'")
    return written


EventProperty = Annotated[str, AfterValidator(_with_event)]
