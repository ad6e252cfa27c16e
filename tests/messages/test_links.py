"""Links: tokens that nobody else can write, and what a template may do with them."""

from __future__ import annotations

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.messages.links import PURPOSES, Linking, Links, Token, read, sign
from regulars.messages.rendering import RenderError

if TYPE_CHECKING:
    from collections.abc import Callable

    RenderPart = Callable[..., Any]

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
BASE = "https://links.corner.example"
ADA = Token("unsubscribe", "c1", "offers", "email", "0f" * 16)
CLICK = replace(ADA, purpose="click", url="https://corner.example/bread?a=1&b=2")
LETTERS = string.ascii_letters + string.digits + "-_"

TEXT = st.text(max_size=30)
TOKENS = st.builds(
    Token, st.sampled_from(["unsubscribe", "preferences"]), TEXT, TEXT, TEXT, TEXT
) | st.builds(Token, st.just("click"), TEXT, TEXT, TEXT, TEXT, st.just("http://x.example/é"))


@given(TOKENS)
def test_what_is_signed_is_read_again(token: Token) -> None:
    text = sign(KEY, token)
    assert set(text) <= set(LETTERS)
    assert read(KEY, text) == read(KEY, text, token.purpose) == token


@given(TOKENS, TOKENS)
def test_different_tokens_are_written_differently(some: Token, other: Token) -> None:
    assert (sign(KEY, some) == sign(KEY, other)) == (some == other)


@pytest.mark.parametrize("token", [ADA, CLICK])
def test_no_changed_character_is_read(token: Token) -> None:
    text = sign(KEY, token)
    for place, letter in enumerate(text):
        for other in LETTERS:
            if other != letter:
                assert read(KEY, text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize("token", [ADA, CLICK])
def test_no_flipped_bit_is_read(token: Token) -> None:
    octets = urlsafe_b64decode(sign(KEY, token) + "==")
    for bit in range(8 * len(octets)):
        flipped = bytearray(octets)
        flipped[bit // 8] ^= 1 << bit % 8
        assert read(KEY, urlsafe_b64encode(flipped).rstrip(b"=").decode()) is None


def test_spare_bits_must_be_as_they_were_written() -> None:
    seen = 0
    for customer in ("c1", "c12", "c123"):
        text = sign(KEY, replace(ADA, customer=customer))
        octets = urlsafe_b64decode(text + "==")
        for letter in LETTERS:
            alike = text[:-1] + letter
            if alike != text and urlsafe_b64decode(alike + "==") == octets:
                seen += 1
                assert read(KEY, alike) is None
    assert seen >= 3


@pytest.mark.parametrize("written", ["", "A", "AAAA", "=" * 20, "é" * 40, "\0", "A" * 100_000, " "])
def test_what_is_no_token_is_answered_alike(written: str) -> None:
    assert read(KEY, written) is None


def test_no_part_or_extension_of_a_token_is_read() -> None:
    text = sign(KEY, ADA)
    for other in (*(text[:n] for n in range(len(text))), text + "A", text + "=", f" {text}"):
        assert read(KEY, other) is None


def test_a_token_is_for_its_purpose_alone() -> None:
    for purpose in PURPOSES:
        token = replace(ADA, purpose=purpose, url="https://x.example" if purpose == "click" else "")
        others = [other for other in PURPOSES if other != purpose]
        assert read(KEY, sign(KEY, token), purpose) == token
        assert read(KEY, sign(KEY, token), *others) is None
    # not even with its purpose exchanged
    octets = bytearray(urlsafe_b64decode(sign(KEY, ADA) + "=="))
    octets[1:2] = PURPOSES["preferences"]
    assert read(KEY, urlsafe_b64encode(octets).rstrip(b"=").decode()) is None


def test_an_old_key_opens_nothing() -> None:
    assert read(OTHER_KEY, sign(KEY, ADA)) is None


def test_fields_cannot_flow_into_one_another() -> None:
    assert sign(KEY, Token("unsubscribe", "ab", "c")) != sign(KEY, Token("unsubscribe", "a", "bc"))


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "//evil.example", "mailto:a@b.example", "https:///x", "", "/x"],
)
def test_a_click_leads_to_a_page_alone(target: str) -> None:
    with pytest.raises(ValueError, match="leads to a page"):
        sign(KEY, replace(CLICK, url=target))


# ------------------------------------------------------------ in templates


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
