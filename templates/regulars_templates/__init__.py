"""E-mail layouts and starter playbooks that come with regulars."""

from __future__ import annotations

from pathlib import Path

from regulars.hooks import LayoutKind, StarterKind, hookimpl

LAYOUTS = Path(__file__).parent / "layouts"
STARTERS = Path(__file__).parent / "starters"


@hookimpl
def regulars_templates() -> tuple[LayoutKind | StarterKind, ...]:
    """Offer the layouts that a message may name, and what ``regulars init`` starts from."""
    return (
        LayoutKind("default", "A card on a soft ground, light and dark, 600 wide", LAYOUTS),
        LayoutKind("letter", "A plain letter, as if written by hand", LAYOUTS),
        StarterKind(
            "corner-bakery",
            "A small simulated shop that uses the whole language",
            STARTERS / "corner-bakery",
        ),
    )
