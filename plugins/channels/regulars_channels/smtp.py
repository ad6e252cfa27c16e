"""``use: smtp``: e-mail through a mail server, over kept-open connections.

Each worker thread keeps one connection. Until the server has said that it takes the content
(354), a failure is certain to be one, and a connection that the server closed meanwhile is
made anew. After that only the server's final answer decides; without it the outcome is unknown.
"""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, SecretStr, model_validator
from regulars.hooks import ChannelContext, ChannelKind, Outgoing, Receipt, Settings, hookimpl
from regulars.mail import address, mime

from .addresses import Mailbox, bare
from .sessions import Connect, Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class SmtpSettings(Settings):
    """How to reach the mail server, and as whom.

    ``tls`` is ``starttls`` (required, the default), ``tls`` from the first byte, or ``none``, which
    only a server on this machine may have (and has by default). ``ca_file`` names the
    certificates to trust instead of the system's. ``timeout`` is in seconds.
    """

    host: str = Field("localhost", min_length=1, pattern=r"^[^\s/@]+$")
    port: int | None = Field(None, ge=1, le=65535)
    user: str | None = Field(None, min_length=1)
    password: SecretStr | None = None
    from_: Mailbox = Field(alias="from")
    reply_to: Mailbox | None = None
    tls: Literal["starttls", "tls", "none"] | None = None
    ca_file: str | None = None
    timeout: float = Field(30.0, gt=0, le=600)
    connections: int = Field(4, ge=1, le=64)
    helo: str | None = Field(None, pattern=r"^[A-Za-z0-9.:\[\]-]{1,255}$")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError(
                f"tls: none would send mail to {self.host} in the clear; use starttls or tls"
            )
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; give both or neither")
        return self

    @property
    def encryption(self) -> Literal["starttls", "tls", "none"]:
        """``tls`` as it counts: written, or by where the server is."""
        return self.tls or ("none" if is_loopback(self.host) else "starttls")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class SmtpSender:
    """A sender that writes its messages into one session after another."""

    def __init__(self, config: SmtpSettings, session: Session) -> None:
        self.config = config
        self.session = session
        self.envelope = bare(config.from_)

    def send(self, message: Outgoing, /) -> Receipt:
        """Hand one message to the mail server; the receipt's id is what it answered."""
        reply_to = self.config.reply_to
        content = mime(message, sender=self.config.from_, reply_to=reply_to)
        return Receipt(id=self.session.send(self.envelope, address(message.address), content))


def connector(config: SmtpSettings, folder: Path) -> Connect:
    """A function that connects, encrypts and logs in as the settings say."""
    encryption = config.encryption
    ca_file = folder / config.ca_file if config.ca_file else None
    port = config.port or _PORTS[encryption]

    def connect() -> smtplib.SMTP:
        host, helo, timeout = config.host, config.helo, config.timeout
        if encryption == "tls":
            trust = ssl.create_default_context(cafile=ca_file)
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, helo, timeout=timeout, context=trust)
        else:
            smtp = smtplib.SMTP(host, port, helo, timeout=timeout)
        try:
            if encryption == "starttls":
                smtp.starttls(context=ssl.create_default_context(cafile=ca_file))
            smtp.ehlo_or_helo_if_needed()
            if config.user is not None and config.password is not None:
                smtp.login(config.user, config.password.get_secret_value())
        except BaseException:
            smtp.close()
            raise
        return smtp

    return connect


@contextmanager
def open_smtp(config: SmtpSettings, context: ChannelContext) -> Iterator[SmtpSender]:
    """One session with the server; it connects with its first message."""
    server = f"{config.host}:{config.port or _PORTS[config.encryption]}"
    session = Session(server, connector(config, context.folder))
    try:
        yield SmtpSender(config, session)
    finally:
        session.close()


@hookimpl
def regulars_channels() -> list[ChannelKind]:
    """Offer SMTP."""
    return [
        ChannelKind(
            name="smtp",
            summary="send e-mail through a mail server",
            config=SmtpSettings,
            open=open_smtp,
            accepts=("email",),
            threads=lambda config: config.connections,
        )
    ]
