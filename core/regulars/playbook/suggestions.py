"""Suggestions: the name that was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

LONGEST = 80  # characters of a name that is worth a suggestion
MOST = 200  # names to look through; of more, only those that start alike


def closest(name: str, known: Collection[str]) -> str | None:
    """The one of ``known`` that ``name`` was probably meant to be, or None."""
    if len(name) > LONGEST:
        return None
    names = sorted(known)
    if len(names) > MOST:
        names = [word for word in names if word[:1] == name[:1]][:MOST]
    folded = {word.lower(): word for word in reversed(names)}
    close = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """`` (did you mean 'orders'?)`` when one of ``known`` is close to ``name``, else nothing."""
    close = closest(name, known)
    return f" (did you mean '{close}'?)" if close else ""


def unknown(noun: str, name: str, known: Collection[str]) -> str:
    """The sentence for a name that stands for nothing here."""
    return f"unknown {noun} '{name[:LONGEST]}'{did_you_mean(name, known)}"
