from __future__ import annotations

import pytest
from regulars.errors import PermanentError
from regulars.messages.addresses import address, split_mailbox


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada.l+news@Example.com", "ada.l+news@Example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@localhost", "ada@localhost"),
    ],
)
def test_an_address_is_taken_in_the_form_that_mail_servers_know(written: str, sent: str) -> None:
    assert address(written) == sent


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example..com",
        "ada@-example.com",
        "ada@exa mple.com",
        "a@x.example, b@y.example",
        "a@x.example;b@y.example",
        "Ada <a@x.example>",
        "a@b@x.example",
        '"a b"@x.example',
        "ådå@example.com",
        "ada@example.com\nBcc: e@x.example",
        "ada\u2028@example.com",
        "ada@℀.example",
        "=?utf-8?q?a?=@example.com",
        "ada@[127.0.0.1]",
        "a" * 65 + "@example.com",
        "ada@" + "a." * 130 + "example",
        "ada@" + "ü" * 70 + ".example",
    ],
)
def test_what_is_not_exactly_one_address_is_refused_and_suppressed(written: str) -> None:
    with pytest.raises(PermanentError, match=r"e-mail address|domain") as refused:
        address(written)
    assert refused.value.suppress
    assert str(refused.value).isprintable()


def test_a_mailbox_is_a_name_and_an_address() -> None:
    assert split_mailbox("hello@corner.example") == ("", "hello@corner.example")
    assert split_mailbox("Corner <a@b.example>") == ("Corner", "a@b.example")
    assert split_mailbox(r'"A \"B\" C" <a@b.example>') == ('A "B" C', "a@b.example")
    with pytest.raises(PermanentError):
        split_mailbox("Corner <a@b.example>, <c@d.example>, x")
