"""A session with a mail server: one connection at a time, kept open between messages."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from regulars.errors import RegularsError, TemporaryError, UnknownOutcome

from .replies import SHUTTING_DOWN, Stage, plain, refusal

Connect = Callable[[], smtplib.SMTP]

_GO_ON = 354
_BROKEN = (smtplib.SMTPException, OSError)
_PAUSE = 2.0  # seconds without a new attempt after a server could not be reached


class _ClosedError(Exception):
    """The connection ended before the server took the content: certainly nothing was sent."""


@dataclass
class Session:
    """Sends messages one by one; ``server`` is what errors call the other side."""

    server: str
    connect: Connect
    _smtp: smtplib.SMTP | None = None
    _away_until: float = 0.0
    _away: str = ""

    def send(self, sender: str, recipient: str, content: bytes) -> str:
        """Send one message and return the server's words of acceptance.

        Raises:
            TemporaryError: not accepted now.
            PermanentError: refused for good; ``suppress`` when the address is dead.
            UnknownOutcome: the content went out and no final answer came.
        """
        if self._smtp is not None:
            try:
                return self._transaction(self._smtp, sender, recipient, content)
            except _ClosedError:
                self.close()  # it was kept too long; a new one is worth one more try
        try:
            return self._transaction(self._connected(), sender, recipient, content)
        except _ClosedError as error:
            self.close()
            raise TemporaryError(f"{self.server} closed the connection: {error}") from error

    def close(self) -> None:
        """End the connection, politely if the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except _BROKEN:
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if time.monotonic() < self._away_until:
            raise TemporaryError(self._away)
        try:
            self._smtp = self.connect()
        except (*_BROKEN, ValueError) as error:
            self._away_until = time.monotonic() + _PAUSE
            self._away = f"can't use the mail server {self.server}: {_why(error)}"
            raise TemporaryError(self._away) from error
        return self._smtp

    def _transaction(self, smtp: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> str:
        try:
            self._envelope(smtp, sender, recipient, len(content))
        except RegularsError:
            self._begin_anew(smtp)
            raise
        except _BROKEN as error:
            raise _ClosedError(_why(error)) from error
        return self._content(smtp, content)

    def _envelope(self, smtp: smtplib.SMTP, sender: str, recipient: str, size: int) -> None:
        """Say who writes to whom; all at once to a server that allows it (RFC 2920)."""
        declared = f" SIZE={size}" if smtp.has_extn("size") else ""
        lines: dict[Stage, str] = {
            "MAIL": f"MAIL FROM:<{sender}>{declared}",
            "RCPT": f"RCPT TO:<{recipient}>",
            "DATA": "DATA",
        }
        at_once = smtp.has_extn("pipelining")
        if at_once:
            smtp.send("".join([f"{line}\r\n" for line in lines.values()]))
        for number, (stage, line) in enumerate(lines.items(), 1):
            code, answer = smtp.getreply() if at_once else smtp.docmd(line)
            if stage == "MAIL" and code == SHUTTING_DOWN:
                raise _ClosedError(plain(answer))
            if code != _GO_ON if stage == "DATA" else not _positive(code):
                if at_once:
                    self._hear_out(smtp, len(lines) - number)
                raise refusal(stage, code, answer)

    def _hear_out(self, smtp: smtplib.SMTP, answers: int) -> None:
        """Read the ``answers`` to what was said along with a line that was refused.

        A server that waits for the content all the same is left: so it gets none.
        """
        try:
            codes = [smtp.getreply()[0] for _ in range(answers)]
        except _BROKEN:
            self._drop()
        else:
            if _GO_ON in codes:
                self._drop()

    def _content(self, smtp: smtplib.SMTP, content: bytes) -> str:
        try:
            smtp.send(dotted(content))
            code, answer = smtp.getreply()
        except _BROKEN as error:
            self._drop()
            raise UnknownOutcome(
                f"{self.server} took the message and gave no final answer: {_why(error)}"
            ) from error
        if _positive(code):
            return plain(answer)
        if not _negative(code):
            self._drop()
            raise UnknownOutcome(f"{self.server} ended with {code} {plain(answer)}")
        if code == SHUTTING_DOWN:
            self._drop()
        raise refusal("DATA", code, answer)

    def _begin_anew(self, smtp: smtplib.SMTP) -> None:
        """Leave a refused message behind; a server that won't is left too."""
        try:
            if _positive(smtp.docmd("RSET")[0]):
                return
        except _BROKEN:
            pass
        self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _positive(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 (RFC 5321, 4.2.1)


def _negative(code: int) -> bool:
    return 400 <= code < 600  # noqa: PLR2004 (RFC 5321, 4.2.1)


def dotted(content: bytes) -> bytes:
    """``content`` with leading dots doubled and the closing dot, as DATA wants it.

    ``content`` has CRLF line ends only.
    """
    end = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    body = content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content
    return (b"." if body.startswith(b".") else b"") + body + end


def _why(error: Exception) -> str:
    """What a person can do something with, from the many ways of a broken connection."""
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):
        return (
            "it doesn't offer STARTTLS, so mail and password would travel in the clear; "
            "ask its owner, or use the port that speaks TLS with tls: tls"
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = plain(_octets(error.smtp_error))
        return f"it refused user and password ({error.smtp_code} {said}); check both"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {plain(_octets(error.smtp_error))}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message}); name it with ca_file"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__


def _octets(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()
