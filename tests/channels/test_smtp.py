"""SMTP: against servers that behave in every way that servers do."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr, ValidationError
from regulars.errors import PermanentError, TemporaryError, UnknownOutcome
from regulars_channels.smtp import SmtpSender, SmtpSettings, is_loopback, regulars_channels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from regulars.hooks import ChannelContext, Outgoing, Sender

    Make = Callable[..., Outgoing]

HANG, CLOSE = "hang", "close"


def settings(port: int, **words: Any) -> SmtpSettings:
    given = {"host": "127.0.0.1", "port": port, "from": "Corner <hello@corner.example>"}
    return SmtpSettings(**given | {"timeout": 2, "helo": "shop.example"} | words)


@pytest.fixture
def channel(peer: Any, context: ChannelContext) -> Callable[..., Any]:
    """Open the channel to the peer."""

    @contextmanager
    def opened(**words: Any) -> Iterator[Sender]:
        (kind,) = regulars_channels()
        with kind.open(settings(peer.port, **words), context) as sender:
            yield sender

    return opened


def once(answer: str) -> Callable[[str], str | None]:
    """Give ``answer`` to the first command only."""
    left = [answer]
    return lambda _: left.pop() if left else None


def test_a_message_arrives_exactly_as_written(peer: Any, channel: Any, email: Make) -> None:
    with channel() as sender:
        receipt = sender.send(email())
    ((recipient, content),) = peer.messages
    assert recipient == "ada@example.com"
    parsed = message_from_bytes(content)
    assert parsed["From"] == "Corner <hello@corner.example>"
    assert parsed["Subject"] == "Your loaf is waiting"
    text = next(part for part in parsed.walk() if part.get_content_type() == "text/plain")
    assert text.get_payload(decode=True) == b"Come by.\r\n.\r\n.. and a dot"
    assert receipt.id == "2.0.0 queued"


def test_one_connection_is_kept_for_all_messages(peer: Any, channel: Any, email: Make) -> None:
    with channel() as sender:
        for number in range(50):
            sender.send(email(address=f"c{number}@example.com"))
    assert peer.connections == 1
    assert len(peer.messages) == 50
    assert peer.commands[-1] == "QUIT"


def test_nothing_is_connected_before_the_first_message(peer: Any, channel: Any) -> None:
    with channel():
        pass
    assert peer.connections == 0


@pytest.mark.parametrize(
    ("verb", "answer", "meaning"),
    [
        ("RCPT", "451 4.7.1 greylisted", (TemporaryError, None)),
        ("RCPT", "452 4.2.2 mailbox full", (TemporaryError, None)),
        ("end", "451 try later", (TemporaryError, None)),
        ("DATA", "451 try later", (TemporaryError, None)),
        ("MAIL", "451 try later", (TemporaryError, None)),
        ("RCPT", "550 no such user", (PermanentError, True)),
        ("RCPT", "551 moved", (PermanentError, True)),
        ("RCPT", "553 not here", (PermanentError, True)),
        ("RCPT", "554 5.1.1 no such user", (PermanentError, True)),
        ("RCPT", "550 5.2.1 mailbox closed", (PermanentError, True)),
        ("end", "550 5.1.1 no such user", (PermanentError, True)),
        ("RCPT", "550 5.7.1 your server is blocked", (PermanentError, False)),
        ("RCPT", "550 5.1.8 sender's domain does not exist", (PermanentError, False)),
        ("RCPT", "552 too much mail", (PermanentError, False)),
        ("MAIL", "550 5.1.0 sender refused", (PermanentError, False)),
        ("end", "554 looks like spam", (PermanentError, False)),
        ("end", "550 looks like spam", (PermanentError, False)),
        ("DATA", "554 no", (PermanentError, False)),
        ("MAIL", "530 5.7.0 log in first", (TemporaryError, None)),
    ],
)
def test_a_refusal_means_what_it_says(  # noqa: PLR0913
    peer: Any, channel: Any, email: Make, *, verb: str, answer: str, meaning: tuple[Any, Any]
) -> None:
    peer.answers[verb] = once(answer)
    error, suppress = meaning
    with channel() as sender:
        with pytest.raises(error, match=answer[:3]) as caught:
            sender.send(email())
        assert getattr(caught.value, "suppress", None) == suppress
        sender.send(email(address="next@example.com"))
    assert [recipient for recipient, _ in peer.messages] == ["next@example.com"]
    assert peer.connections == 1, "a refusal of one message costs no connection"


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_server_that_waits_for_what_it_refused_is_left_without_it(
    peer: Any, channel: Any, email: Make, verb: str
) -> None:
    peer.extensions = ["PIPELINING"]
    peer.answers[verb] = once("550 5.7.1 no")
    peer.answers["DATA"] = once("354 go on all the same")
    with channel() as sender:
        with pytest.raises(PermanentError, match="550"):
            sender.send(email())
        sender.send(email(address="next@example.com"))
    assert [recipient for recipient, _ in peer.messages] == ["next@example.com"]
    assert peer.connections == 2


def test_half_of_the_recipients_refused_harms_no_other(
    peer: Any, channel: Any, email: Make
) -> None:
    peer.answers["RCPT"] = lambda to: "550 5.1.1 unknown" if "odd" in to else None
    refused = 0
    with channel() as sender:
        for number in range(20):
            try:
                sender.send(email(address=f"{'odd' if number % 2 else 'even'}{number}@x.example"))
            except PermanentError:
                refused += 1
    assert refused == 10
    assert len(peer.messages) == 10
    assert peer.connections == 1


@pytest.mark.parametrize("answer", [CLOSE, HANG])
def test_no_final_answer_to_the_content_leaves_the_outcome_unknown(
    peer: Any, channel: Any, email: Make, answer: str
) -> None:
    peer.answers["end"] = once(answer)
    with channel(timeout=0.3) as sender:
        with pytest.raises(UnknownOutcome, match="no final answer"):
            sender.send(email())
        sender.send(email(address="next@example.com"))
    assert len(peer.messages) == 1
    assert peer.connections == 2
    assert peer.commands.count("DATA") == 2, "it was not sent again"


def test_a_final_answer_that_is_none_leaves_the_outcome_unknown(
    peer: Any, channel: Any, email: Make
) -> None:
    peer.answers["end"] = once("what?")
    with channel() as sender, pytest.raises(UnknownOutcome):
        sender.send(email())


@pytest.mark.parametrize("verb", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [CLOSE, HANG])
def test_a_failure_before_the_content_is_certain(
    peer: Any, channel: Any, email: Make, verb: str, answer: str
) -> None:
    peer.answers[verb] = lambda _: answer
    with channel(timeout=0.2) as sender, pytest.raises(TemporaryError):
        sender.send(email())
    assert peer.messages == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_kept_connection_that_the_server_closed_is_made_anew(
    peer: Any, channel: Any, email: Make, verb: str
) -> None:
    with channel() as sender:
        sender.send(email())
        peer.answers[verb] = once(CLOSE)
        sender.send(email(address="next@example.com"))
    assert [recipient for recipient, _ in peer.messages] == ["ada@example.com", "next@example.com"]
    assert peer.connections == 2


def test_a_server_that_has_had_enough_of_a_connection_gets_another(
    peer: Any, channel: Any, email: Make
) -> None:
    with channel() as sender:
        sender.send(email())
        peer.answers["MAIL"] = once("421 too many messages")
        sender.send(email(address="next@example.com"))
    assert len(peer.messages) == 2
    assert peer.connections == 2


@pytest.mark.parametrize("verb", ["connect", "MAIL", "RCPT", "DATA", "end"])
def test_421_may_work_later_on_a_new_connection(
    peer: Any, channel: Any, email: Make, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars_channels.sessions._PAUSE", 0.0)
    peer.answers[verb] = once("421 shutting down")
    with channel() as sender:
        with pytest.raises(TemporaryError, match="shutting down"):
            sender.send(email())
        sender.send(email())
    assert len(peer.messages) == 1
    assert peer.connections == 2


def test_a_refused_connection_may_work_later_and_is_not_tried_for_every_message(
    context: ChannelContext, email: Make
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        (kind,) = regulars_channels()
        with kind.open(settings(closed.getsockname()[1]), context) as sender:
            for _ in range(3):
                with pytest.raises(TemporaryError, match=r"mail server 127.0.0.1:\d+: .*refused"):
                    sender.send(email())


def test_a_server_without_starttls_gets_no_mail(peer: Any, channel: Any, email: Make) -> None:
    peer.extensions = ["SIZE"]
    with (
        channel(tls="starttls", user="ada", password="s3cret") as sender,
        pytest.raises(TemporaryError, match="doesn't offer STARTTLS"),
    ):
        sender.send(email())
    assert "AUTH" not in peer.commands
    assert "MAIL" not in peer.commands


def tls(peer: Any, certificate: Path) -> None:
    peer.extensions = ["STARTTLS", "AUTH PLAIN"]
    peer.certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    peer.certificate.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")


def test_mail_and_password_travel_encrypted(
    peer: Any, channel: Any, email: Make, certificate: Path
) -> None:
    tls(peer, certificate)
    ca_file = str(certificate / "cert.pem")
    words = {"tls": "starttls", "user": "ada", "password": "s3cret", "ca_file": ca_file}
    with channel(**words) as sender:
        sender.send(email())
    assert peer.commands[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    assert len(peer.messages) == 1


def test_a_certificate_that_nobody_trusts_gets_no_mail(
    peer: Any, channel: Any, email: Make, certificate: Path
) -> None:
    tls(peer, certificate)
    with channel(tls="starttls") as sender, pytest.raises(TemporaryError, match="not trusted"):
        sender.send(email())
    assert "MAIL" not in peer.commands


def test_a_wrong_password_burns_no_message_and_is_not_shown(
    peer: Any, channel: Any, email: Make
) -> None:
    peer.extensions = ["AUTH PLAIN"]
    peer.answers["AUTH"] = lambda _: "535 5.7.8 wrong"
    with (
        channel(user="ada", password="s3cret") as sender,
        pytest.raises(TemporaryError, match="refused user and password") as caught,
    ):
        sender.send(email())
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(settings(25, user="ada", password="s3cret"))


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@x.example> SIZE=1", "a@x.example\r\nRCPT TO:<b@y.example>", "a b@x.example"],
)
def test_an_address_that_is_none_reaches_no_server(
    peer: Any, channel: Any, email: Make, address: str
) -> None:
    with channel() as sender, pytest.raises(PermanentError) as caught:
        sender.send(email(address=address))
    assert caught.value.suppress
    assert peer.commands == []


def test_the_words_of_a_server_cannot_steer_a_terminal(
    peer: Any, channel: Any, email: Make
) -> None:
    peer.answers["RCPT"] = once("451 \x1b[2Jcleared")
    with channel() as sender, pytest.raises(TemporaryError, match=r"451 \?\[2Jcleared"):
        sender.send(email())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"host": "mail.example", "tls": "none"}, "in the clear"),
        ({"user": "ada"}, "belong together"),
        ({"password": "x"}, "belong together"),
        ({"from": "nobody"}, "not an e-mail address"),
        ({"host": "a b"}, "host"),
        ({"helo": "x\r\nMAIL"}, "helo"),
        ({"prot": 25}, "prot"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(25, **words)


def test_encryption_is_required_of_servers_elsewhere_and_not_of_this_machine() -> None:
    assert settings(25).encryption == "none"
    assert settings(25, host="mail.example").encryption == "starttls"
    assert [is_loopback(host) for host in ("localhost", "::1", "[::1]", "127.0.0.2")] == [True] * 4
    assert not any(map(is_loopback, ("10.0.0.1", "localhost.evil.example", "0.0.0.0")))


def test_the_kind_asks_for_as_many_threads_as_connections(context: ChannelContext) -> None:
    (kind,) = regulars_channels()
    assert kind.threads(settings(25, connections=7)) == 7
    with kind.open(settings(25), context) as sender:
        assert isinstance(sender, SmtpSender)
    assert isinstance(settings(25, user="a", password="b").password, SecretStr)
