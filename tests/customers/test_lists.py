"""Lists as the store keeps them."""

from __future__ import annotations

import pytest
from regulars.customers.lists import item_in_list, items_of, list_as_text

ODD = ["a", 'say "a"', "a\nb", "\\", '\n"a"', '","', "", "ñ 🥖", "x" * 200]


@pytest.mark.parametrize("item", ODD)
def test_an_item_is_found_in_the_lists_that_have_it_and_in_no_other(item: str) -> None:
    others = [other for other in ODD if other != item]
    assert items_of(list_as_text([*others, item])) == (*others, item)
    assert item_in_list(item) in list_as_text([*others, item])
    assert item_in_list(item) not in list_as_text(others)
