from __future__ import annotations

from binascii import b2a_qp
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars.errors import PermanentError
from regulars.hooks.kinds import Outgoing
from regulars.messages.mime import message_id, mime, quoted

SENDER = "Corner Bakery <hello@corner.example>"
ATTACK = "=?utf-8?q?a=0D=0ABcc:_e@x?="

HELLO = Outgoing(
    key="corner-bakery/winback/1/we_miss_you/c1",
    address="ada@example.com",
    customer="c1",
    message="we_miss_you",
    medium="email",
    at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    subject="Your bread is waiting",
    html="<p>Hello Ada</p>",
    text="Hello Ada",
)

header_text = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029"), max_size=200
) | st.text("=?utf8qb_ABC0D ", max_size=120)
body_text = st.text(min_size=1, max_size=400)


def read(octets: bytes) -> EmailMessage:
    parsed = message_from_bytes(octets, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def bodies(parsed: EmailMessage) -> list[str]:
    parts = list(parsed.iter_parts()) if parsed.is_multipart() else [parsed]
    return [
        part.get_payload(decode=True).decode().replace("\r\n", "\n")  # type: ignore[union-attr]
        for part in parts
    ]


pieces = st.sampled_from(
    ["\n", "\n<p>", "<", "=", " ", "\t", ".", "a", "a" * 90, "é", "\n.\n", "\n<"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=30).map("".join))
def test_a_page_is_quoted_piece_by_piece_as_it_would_be_whole(text: str) -> None:
    assert quoted(text) == b2a_qp(text.encode()).replace(b"\n", b"\r\n")


def one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").decode()


@settings(max_examples=100, deadline=None)
@given(subject=header_text, name=header_text, text=body_text, html=body_text)
def test_a_reader_sees_exactly_the_headers_and_bodies_that_were_put_in(
    subject: str, name: str, text: str, html: str
) -> None:
    quoted = name.replace("\\", r"\\").replace('"', r"\"")
    outgoing = replace(HELLO, subject=subject, text=text, html=html, headers={"X-Kind": "winback"})
    octets = mime(outgoing, sender=f'"{quoted}" <hello@corner.example>')
    parsed = read(octets)
    assert parsed.keys() == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "X-Kind",
        "MIME-Version",
        "Content-Type",
    ]
    assert parsed["Subject"] == subject
    (mailbox,) = parsed["From"].addresses
    assert mailbox.addr_spec == "hello@corner.example"
    # Python's own reader narrows blanks in a name and adds one between two encoded words.
    assert "".join(mailbox.display_name.split()) == "".join(name.split())
    assert bodies(parsed) == [one_newline(text), one_newline(html)]
    assert octets.isascii()
    assert all(len(line) <= 76 for line in octets.split(b"\r\n")[:3])
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert b"\n" not in octets.replace(b"\r\n", b"")


@pytest.mark.parametrize("char", ["\r", "\n", "\0", "\x1b", "\x85", "\u2028", "\u2029", "\x7f"])
def test_a_header_with_a_control_character_is_refused(char: str) -> None:
    with pytest.raises(PermanentError, match=f"U\\+{ord(char):04X}"):
        mime(replace(HELLO, subject=f"Hi{char}Bcc: e@x.example"), sender=SENDER)
    with pytest.raises(PermanentError):
        mime(HELLO, sender=f"Corner{char}Bakery <hello@corner.example>")
    with pytest.raises(PermanentError):
        mime(replace(HELLO, headers={"X-Kind": f"a{char}b"}), sender=SENDER)
    with pytest.raises(PermanentError):
        mime(replace(HELLO, address=f"ada{char}@example.com"), sender=SENDER)


def test_an_encoded_word_that_a_customer_wrote_stays_text_and_adds_no_header() -> None:
    octets = mime(replace(HELLO, subject=ATTACK), sender=f'"{ATTACK}" <hello@corner.example>')
    parsed = read(octets)
    assert parsed["Subject"] == ATTACK
    assert parsed["Bcc"] is None
    assert b"=?utf-8?q?" not in octets


def test_a_long_unsubscribe_address_stays_on_one_line() -> None:
    url = f"<https://corner.example/unsubscribe/{'a' * 300}>"
    headers = {"List-Unsubscribe": url, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    octets = mime(replace(HELLO, headers=headers), sender=SENDER)
    assert f"\r\nList-Unsubscribe: {url}\r\n".encode() in octets


def test_an_extra_header_cannot_replace_or_copy_the_message() -> None:
    for name in ("Bcc", "from", "Content-Type", "X Y", "X:Y", ""):
        with pytest.raises(PermanentError, match="extra header"):
            mime(replace(HELLO, headers={name: "e@x.example"}), sender=SENDER)


def test_an_unreadable_extra_header_is_refused_with_what_to_do() -> None:
    with pytest.raises(PermanentError, match="percent-encode"):
        mime(replace(HELLO, headers={"List-Unsubscribe": "<https://ü.example>"}), sender=SENDER)
    with pytest.raises(PermanentError, match="shorten"):
        mime(replace(HELLO, headers={"List-Unsubscribe": "h" * 1000}), sender=SENDER)


def test_message_id_comes_from_the_key_and_the_senders_domain() -> None:
    parsed = read(mime(HELLO, sender=SENDER))
    assert parsed["Message-ID"] == message_id(HELLO.key, "corner.example")
    assert mime(HELLO, sender=SENDER) == mime(HELLO, sender=SENDER)
    other = read(mime(replace(HELLO, key="another"), sender=SENDER))
    assert other["Message-ID"] != parsed["Message-ID"]


def test_date_and_reply_to_are_what_they_should_be() -> None:
    parsed = read(mime(HELLO, sender=SENDER, reply_to="Café <answers@corner.example>"))
    assert parsed["Date"].datetime == HELLO.at
    assert parsed["Reply-To"] == "Café <answers@corner.example>"


def test_one_body_stands_alone() -> None:
    text = read(mime(replace(HELLO, html=""), sender=SENDER))
    assert text.get_content_type() == "text/plain"
    assert text.get_content() == "Hello Ada"
    assert read(mime(replace(HELLO, text=""), sender=SENDER)).get_content_type() == "text/html"


def test_a_body_in_another_script_travels_as_base64() -> None:
    octets = mime(replace(HELLO, html="", text="こんにちは" * 40), sender=SENDER)
    assert b"Content-Transfer-Encoding: base64" in octets
    assert read(octets).get_content() == "こんにちは" * 40


def test_data_is_no_email() -> None:
    with pytest.raises(PermanentError, match="data"):
        mime(replace(HELLO, medium="data"), sender=SENDER)
