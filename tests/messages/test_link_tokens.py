"""Link tokens: what nobody else can write, and nobody can change."""

from __future__ import annotations

import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.messages.link_tokens import PURPOSES, Token, read, sign

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
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
