from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.messages.text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello</p><p>you</p>", "Hello\n\nyou"),
        ("Hello<br>you", "Hello\nyou"),
        ("<h1>News</h1><p>a  b\n c</p>", "News\n\na b c"),
        ('<a href="https://s.example">our shop</a>.', "our shop (https://s.example)."),
        ('<a href="https://s.example">https://s.example</a>', "https://s.example"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="https://s.example"><img alt="Logo"></a>', "Logo (https://s.example)"),
        ('<a href="https://s.example"><img></a>', "https://s.example"),
        ('<a href="#top">up</a>', "up"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="3"><li>a<li>b</ol>', "3. a\n4. b"),
        (
            "<table><tr><th>Item</th><th>Price</th></tr><tr><td>Bread</td><td>$3</td></tr></table>",
            "Item | Price\nBread | $3",
        ),
        ("<table><tr><td> </td><td><p>only</p></td></tr></table>", "only"),
        ("<blockquote><p>one</p><p>two</p></blockquote>three", "> one\n\n> two\n\nthree"),
        ("<pre><code>a\n  b</code></pre>", "a\n  b"),
        ("a<hr>b", "a\n\n--------------------\n\nb"),
        ("<style>p{}</style><script>x()</script><title>t</title>a", "a"),
        ('<div style="display: none">hidden<br><p>too</div>seen', "seen"),
        ("<p hidden>hidden</p>seen", "seen"),
        ("5 &lt; 6 &amp; 7 &#8364; caf&eacute;", "5 < 6 & 7 € café"),
        ("<b>bold</b> <i>it</i>", "bold it"),
        ("<!-- comment --><!DOCTYPE html>a", "a"),
        ("", ""),
    ],
)
def test_a_reader_without_html_reads_the_same(html: str, text: str) -> None:
    assert html_to_text(html) == text


@given(st.text(alphabet=st.sampled_from('<>/ ="!-&;apulolitdrbh\n'), max_size=80))
def test_broken_html_is_read_without_failing(html: str) -> None:
    assert isinstance(html_to_text(html), str)
