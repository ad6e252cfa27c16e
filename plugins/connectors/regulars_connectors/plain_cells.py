"""Plain cells: lines in which nothing is quoted, taken apart all at once."""

from __future__ import annotations

import numpy as np

_LINE_FEED = 10


def plain_columns(text: str, delimiter: str, width: int, longest: int) -> list[list[str]] | None:
    """The cells of a text of lines, column by column.

    None unless each line has ``width`` cells, surely none of more than ``longest`` characters.
    """
    text = text.replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    if width == 1 or not delimiter.isascii() or "\r" in text:  # a blank line looks like one cell
        return None
    letters = np.frombuffer(text.encode(), np.uint8)
    feeds = letters == _LINE_FEED
    cuts = letters[(letters == ord(delimiter)) | feeds]
    if len(cuts) % width or not _in_lines(cuts.reshape(-1, width)):
        return None
    ends = np.flatnonzero(feeds)
    if np.diff(ends, prepend=-1).max() > longest:
        return None
    cells = text.replace("\n", delimiter).split(delimiter)
    return [cells[place:-1:width] for place in range(width)]


def _in_lines(cuts: np.ndarray) -> bool:
    """Whether what comes after the cells of each line is its end once, at last."""
    ends = cuts == _LINE_FEED
    return bool(ends[:, -1].all()) and not ends[:, :-1].any()
