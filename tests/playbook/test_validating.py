"""What is wrong in a part, in plain words, at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.playbook.mistakes import mistakes

Problems = Callable[..., list[str]]
JOURNEY = "journeys: {j: {when: {enters: regulars}, steps: "

WRONG = mistakes("wrong_words.txt")


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=list(WRONG))
def test_each_mistake_is_told_in_plain_words(shop: Problems, text: str, told: str) -> None:
    lines = shop(text)
    assert [line for line in lines if line.startswith(f"playbook.yaml:{told}")], lines
    for jargon in ("Input should", "valid dictionary", "Extra inputs", "Value error", "union_tag"):
        assert jargon not in "".join(lines)
