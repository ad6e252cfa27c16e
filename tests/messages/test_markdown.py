from __future__ import annotations

import pytest
from regulars.messages.markdown import convert


def test_a_bold_link_alone_in_its_paragraph_is_a_button() -> None:
    assert 'class="button"' in convert("**[Order now](https://shop.example)**").html
    assert "button" not in convert("See **[the menu](https://shop.example)** too").html
    assert "button" not in convert("[the menu](https://shop.example)").html


def test_tables_and_pictures_are_understood() -> None:
    converted = convert("| a | b |\n|---|--:|\n| 1 | 2 |\n\n![A loaf](https://x.example/loaf.png)")
    assert '<td style="text-align:right">2</td>' in converted.html
    assert '<img src="https://x.example/loaf.png" alt="A loaf" />' in converted.html
    assert converted.text == "a | b\n1 | 2\n\nA loaf"


@pytest.mark.parametrize(
    "target", ["javascript:1", "data:x", "file:///etc", "/shop", "//e.example"]
)
def test_a_link_that_no_mail_may_have_stays_the_text_it_was(target: str) -> None:
    assert convert(f"[x]({target})").html == f"<p>[x]({target})</p>\n"
