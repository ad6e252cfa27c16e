"""Id columns: a column of ids at once. An id can be kept and printed on one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import cells

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def ids(column: Sequence[Any], whose: str, written: str | None = None) -> Sequence[str]:
    """Each value as the id of a ``whose`` (customer, event), with the blanks around it.

    ``written`` is the whole column joined, where all of it is text.

    Raises:
        ValueError: one is blank, longer than 190 characters or has control characters.
    """
    if written is None:
        if set(map(type, column)) != {str}:
            column = [cells.text(value) or "" for value in column]
        written = "".join(column)
    printable = written.isprintable()  # then it has no other blanks than spaces
    if not all(column if printable and " " not in written else map(str.strip, column)):
        raise ValueError(f"is empty; every {whose} needs one")
    cells.check_texts(column, cells.KEY_LENGTH, written)
    if not printable and (found := _CONTROL.search(written)):
        raise ValueError(f"has a line break or another control character ({found[0]!r})")
    return column
