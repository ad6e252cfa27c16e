"""A real mail server over real sockets, whose answers a test can script."""

from __future__ import annotations

import socketserver
import subprocess
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from regulars.hooks import ChannelContext, Outgoing

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

HANG = "hang"
CLOSE = "close"


@dataclass
class Peer:
    """What the server says and what it saw. ``answers[verb](argument)`` overrides an answer.

    An answer is a reply line, ``HANG`` or ``CLOSE``; ``end`` stands for the closing dot.
    """

    answers: dict[str, Callable[[str], str | None]] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    certificate: ssl.SSLContext | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.stopping = threading.Event()

    def answer(self, verb: str, argument: str, otherwise: str) -> str:
        script = self.answers.get(verb)
        scripted = script(argument) if script else None
        return otherwise if scripted is None else scripted


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        self.peer, self.recipient, self.refused = peer, "", False
        with peer.lock:
            peer.connections += 1
        try:
            if not self.say("connect", "", "220 peer.example"):
                return
            while line := self.rfile.readline().decode().rstrip("\r\n"):
                verb, _, argument = line.partition(" ")
                peer.commands.append(verb.upper())
                if not self.command(verb.upper(), argument):
                    return
        except OSError:
            pass
        finally:
            self.request.close()

    def say(self, verb: str, argument: str, otherwise: str) -> bool:
        """Answer; False ends the connection."""
        answer = self.peer.answer(verb, argument, otherwise)
        if answer == HANG:
            self.peer.stopping.wait(10)
            return False
        if answer == CLOSE:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        self.said = answer
        return not answer.startswith("421")

    def command(self, verb: str, argument: str) -> bool:
        if verb == "EHLO":
            lines = ["peer.example", *self.peer.extensions]
            text = "\r\n".join(f"250-{line}" for line in lines[:-1])
            return self.say(verb, argument, f"{text}\r\n250 {lines[-1]}".strip())
        if verb == "STARTTLS":
            self.say(verb, argument, "220 go on")
            assert self.peer.certificate is not None
            self.request = self.peer.certificate.wrap_socket(self.request, server_side=True)
            self.setup()
            return True
        if verb == "RCPT":
            self.recipient = argument.removeprefix("TO:<").rstrip(">")
        if verb == "DATA":
            return self.data(argument)
        if verb in {"MAIL", "RCPT"}:
            going = self.say(verb, argument, "250 fine")
            self.refused = not self.said.startswith("250") or (self.refused and verb == "RCPT")
            return going
        if verb == "QUIT":
            self.say(verb, argument, "221 bye")
            return False
        return self.say(verb, argument, "235 welcome" if verb == "AUTH" else "250 fine")

    def data(self, argument: str) -> bool:
        otherwise = "503 5.5.1 nobody to send to" if self.refused else "354 go on"
        if not self.say("DATA", argument, otherwise) or not self.said.startswith("354"):
            return self.said[0] in "45" and not self.said.startswith("421")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        if not line:
            return False  # it ended before the message did
        going = self.say("end", self.recipient, "250 2.0.0 queued")
        if going and self.said.startswith("250"):
            with self.peer.lock:
                self.peer.messages.append((self.recipient, b"".join(lines)))
        return going


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    peer: Peer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


@pytest.fixture(params=[[], ["PIPELINING"]], ids=["one-by-one", "pipelining"])
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """A mail server on a free port of this machine, with and without pipelining."""
    peer = Peer(extensions=list(request.param))
    with Listener(("127.0.0.1", 0), Talk) as listener:
        listener.peer = peer
        peer.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield peer
        peer.stopping.set()
        listener.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody trusts yet, with its key in the same file."""
    folder = tmp_path_factory.mktemp("certificate")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    return folder


@pytest.fixture
def context(tmp_path: Path) -> ChannelContext:
    """The second run of a bakery's playbook."""
    return ChannelContext("bakery", "email", tmp_path, "2-20260801T090000Z", moment())


def moment() -> datetime:
    return datetime(2026, 8, 1, 9, tzinfo=UTC)


@pytest.fixture
def email() -> Callable[..., Outgoing]:
    """Make an e-mail; what is given replaces what stands here."""

    def make(**changes: Any) -> Outgoing:
        parts: dict[str, Any] = {
            "key": "0f" * 16,
            "address": "ada@example.com",
            "customer": "c-1",
            "message": "we_miss_you",
            "medium": "email",
            "at": moment(),
            "subject": "Your loaf is waiting",
            "html": "<p>Come by.</p>",
            "text": "Come by.\n.\n.. and a dot",
        }
        return Outgoing(**parts | changes)

    return make


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait up to two seconds for something that another thread does."""

    def wait(holds: Callable[[], bool]) -> None:
        for _ in range(200):
            if holds():
                return
            time.sleep(0.01)
        raise AssertionError("it never came true")

    return wait
