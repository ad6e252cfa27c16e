"""Words of the language that this version doesn't know what to do with yet.

They are no mistakes of the writer, so they get a reason of their own. They are taken out of the
document, so that the rest of the file is checked as if they were not there.
"""

from __future__ import annotations

from dataclasses import replace

from regulars.errors import Problem

from .positions import Document, MapNode

SECTIONS: tuple[str, ...] = ()


def without_unbuilt(document: Document) -> tuple[Document, list[Problem]]:
    """``document`` without the sections that aren't built yet, and a problem for each of them."""
    root = document.root
    problems = [
        document.problem((), f"'{word}' is not built yet in this version", at=(word,), key=True)
        for word in SECTIONS
        if word in root.entries
    ]
    kept = {word: entry for word, entry in root.entries.items() if word not in SECTIONS}
    return replace(document, root=MapNode(kept, root.place)), problems
