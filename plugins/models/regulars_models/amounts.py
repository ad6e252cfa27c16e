"""What an event is worth: its amount, as a playbook names it."""

from __future__ import annotations


def property_of(event: str, amount: str) -> str:
    """``total`` of an amount that is written ``total`` or ``order.total``."""
    return amount.removeprefix(f"{event}.")


def check_amount(event: str, amount: str) -> None:
    """Raise ValueError for an ``amount`` that is no property of ``event``."""
    if "." in property_of(event, amount):
        raise ValueError(f"amount: write a property of '{event}', such as total or {event}.total")
