"""Lists of texts as the store keeps them: JSON, an item a line.

No line break stands unescaped inside a JSON text, so one and an item after it are found nowhere
but where that item is one of the list: a condition asks so.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def list_as_text(items: Iterable[str]) -> str:
    """``items`` as JSON, each on a line of its own."""
    return f"[{','.join(map(item_in_list, items))}\n]"


@lru_cache(maxsize=10_000)  # a shop has few items beside its customers
def item_in_list(item: str) -> str:
    """What stands in a list's text where ``item`` is one of it, and nowhere else."""
    return f"\n{json.dumps(item, ensure_ascii=False)}"


def items_of(text: str) -> tuple[str, ...]:
    """The items of a list, from its text."""
    return tuple(json.loads(text))
