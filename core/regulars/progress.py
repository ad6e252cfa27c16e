"""Telling a person how far long work has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Something that shows how far the work is; a terminal shows a bar."""

    def start(self, what: str, total: int | None = None) -> None:
        """A new piece of work begins; ``total`` is its size in its own unit, if known."""
        ...

    def advance(self, count: int) -> None:
        """``count`` more of it are done."""
        ...


class Silent:
    """Shows nothing."""

    def start(self, what: str, total: int | None = None) -> None:
        """Show nothing."""

    def advance(self, count: int) -> None:
        """Show nothing."""
