"""Links: what a template may do with the addresses that regulars answers to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from regulars.messages.link_tokens import Token, read
from regulars.messages.links import Linking, Links
from regulars.messages.rendering import RenderError

if TYPE_CHECKING:
    from collections.abc import Callable

    RenderPart = Callable[..., Any]

KEY = b"k" * 32
BASE = "https://links.corner.example"
ADA = Token("unsubscribe", "c1", "offers", "email", "0f" * 16)
CLICK = replace(ADA, purpose="click", url="https://corner.example/bread?a=1&b=2")


def links(*, marketing: bool = True) -> Links:
    linking = Linking(BASE, KEY, {"hello": "offers"} if marketing else {})
    return linking.links("hello", "c1", "email", "0f" * 16)


def tokens(text: str) -> list[Token | None]:
    """The tokens of all links in a text."""
    ends = [piece.split()[0].split('"')[0].rstrip(")>") for piece in text.split(BASE)[1:]]
    return [read(KEY, end[3:]) for end in ends if end[:3] in {"/u/", "/p/", "/c/"}]


def test_a_template_writes_links_of_its_message(render_part: RenderPart) -> None:
    body = (
        "[Bread]({{ links.track('https://corner.example/bread?a=1&b=2') }})\n\n"
        "[No more]({{ links.unsubscribe }}) [Choose]({{ links.preferences }})"
    )
    rendered = render_part({"subject": "s", "body": body}, {**_ADA, "links": links()})
    expected = [CLICK, ADA, replace(ADA, purpose="preferences")]
    for written in (rendered.html, rendered.text):
        assert tokens(written)[:3] == expected
        assert expected[1] in tokens(written)[3:]  # in the layout's footer


def test_a_tracked_page_may_hold_data(render_part: RenderPart) -> None:
    written = (
        "{{ links.track('https://corner.example/?c=' ~ customer.id ~ '&n=' ~ customer.city) }}"
    )
    scope = {**_ADA, "links": links()}
    for part in ({"text": written}, {"subject": "s", "body": f"[x]({written})"}):
        token, *_ = tokens(render_part(part, scope, city="<Köln> &c").text)
        assert token is not None
        assert token.url == "https://corner.example/?c=c1&n=%3CK%C3%B6ln%3E%20&c"


def test_template_text_can_be_tracked_too(render_part: RenderPart) -> None:
    body = (
        "{% set page %}https://corner.example/?a=1&c={{ customer.id }}{% endset %}"
        "[x]({{ links.track(page) }})"
    )
    scope = {**_ADA, "links": links()}
    token, *_ = tokens(render_part({"subject": "s", "body": body}, scope).text)
    assert token is not None
    assert token.url == "https://corner.example/?a=1&c=c1"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("'javascript:alert(1)'", "no address that a link may have"),
        ("'//evil.example'", "no address that a link may have"),
        ("'mailto:a@b.example'", "no page that can be tracked"),
        ("customer.city", "unknown for this customer"),
        ("'https://x.example/' ~ 'y' * 2000", "at most 2,000 characters"),
    ],
)
def test_what_is_no_page_cannot_be_tracked(
    render_part: RenderPart, target: str, reason: str
) -> None:
    part = {"text": f"{{{{ links.track({target}) }}}}"}
    with pytest.raises(RenderError, match=reason):
        render_part(part, {**_ADA, "links": links()})


def test_links_give_away_nothing_else(render_part: RenderPart) -> None:
    for word in ("_linking", "headers", "_about", "track.__self__", "track.__func__"):
        with pytest.raises(RenderError):
            render_part({"text": f"{{{{ links.{word} }}}}"}, {**_ADA, "links": links()})


def test_one_click_needs_both_headers() -> None:
    headers = links().headers()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert tokens(headers["List-Unsubscribe"]) == [ADA]
    assert links(marketing=False).headers() == {}


_ADA = {"customer": {"id": "c1", "city": None}, "traits": {}, "scores": {}, "event": None}
