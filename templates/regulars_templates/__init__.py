"""E-mail layouts and starter playbooks that come with regulars."""

from __future__ import annotations

from pathlib import Path

from regulars.hooks import LayoutKind, hookimpl

LAYOUTS = Path(__file__).parent / "layouts"


@hookimpl
def regulars_templates() -> tuple[LayoutKind, ...]:
    """Offer the layouts that a message may name with ``layout:``."""
    return (
        LayoutKind("default", "A card on a soft ground, light and dark, 600 wide", LAYOUTS),
        LayoutKind("letter", "A plain letter, as if written by hand", LAYOUTS),
    )
