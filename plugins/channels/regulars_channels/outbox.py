"""``use: outbox``: messages become files in a folder, one folder a run. Nothing leaves the machine.

An e-mail is written as ``.eml``, a text as ``.txt``, data as ``.json``. A file appears whole or
not at all, and a second attempt of the same message replaces its own file. What a killed run
left half written is removed by a later one.
"""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from pydantic import Field
from regulars.errors import TemporaryError
from regulars.hooks import ChannelContext, ChannelKind, Outgoing, Receipt, Settings, hookimpl
from regulars.mail import mime

from .addresses import Mailbox  # noqa: TC001 (pydantic reads it)
from .plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_KEY = re.compile(r"[0-9a-z_-]{1,64}")
_PART = ".regulars-"  # so that nobody else's files are taken for parts
_STALE = 3600  # seconds after which nobody can still be writing a part
_ENDING = {"email": "eml", "text": "txt", "data": "json"}


class OutboxSettings(Settings):
    """``path`` is relative to the playbook; ``from`` is the sender that e-mails show."""

    path: str = Field("outbox", min_length=1)
    from_: Mailbox | None = Field(None, alias="from")


@dataclass(frozen=True)
class Outbox:
    """A sender that writes each message into ``folder``, one run's folder within the outbox."""

    folder: Path
    sender: str

    def send(self, message: Outgoing, /) -> Receipt:
        """Write one message; the receipt's id is the file's name."""
        name = file_name(message)
        content = self._content(message)
        try:
            self._write(name, content)
        except OSError as error:
            raise TemporaryError(
                f"can't write {self.folder / name}: {error.strerror or error}; "
                "make room and let this folder be writable, then run again"
            ) from error
        return Receipt(id=name)

    def _content(self, message: Outgoing) -> bytes:
        if message.medium == "email":
            return mime(message, sender=self.sender)
        if message.medium == "text":
            return f"To: {one_line(message.address)}\n\n{message.text}\n".encode(
                errors="backslashreplace"
            )
        return (json.dumps(as_fields(message), ensure_ascii=False, indent=2) + "\n").encode(
            errors="backslashreplace"
        )

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder.parent / f"{_PART}{self.folder.name}-{name}.part"
        try:
            part.write_bytes(content)
            os.replace(part, self.folder / name)  # noqa: PTH105 (both ends are named)
        except OSError:
            part.unlink(missing_ok=True)
            raise


def file_name(message: Outgoing) -> str:
    """A name that stays in its folder whatever the customer is called, one for each key."""
    key = message.key
    if not _KEY.fullmatch(key):
        key = blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()
    who, what = _slug(message.customer, 40), _slug(message.message, 40)
    return f"{who}-{what}-{key}.{_ENDING[message.medium]}"


def as_fields(message: Outgoing) -> dict[str, object]:
    """A data message as one JSON object."""
    return {
        "key": message.key,
        "customer": message.customer,
        "address": message.address,
        "message": message.message,
        "at": message.at.isoformat(),
        "data": dict(message.data),
    }


def _slug(text: str, length: int) -> str:
    return _UNSAFE.sub("_", text[:length]).lstrip(".") or "_"


def sweep(outbox: Path) -> None:
    """Remove the parts that killed runs left in ``outbox``.

    They lie beside the runs' folders and not within, so that few files have to be looked at.
    """
    with suppress(OSError):  # whatever is wrong with the folder is told when a message is written
        for part in outbox.glob(f"{_PART}*.part"):
            if part.stat().st_mtime < time.time() - _STALE:
                part.unlink()


@contextmanager
def open_outbox(config: OutboxSettings, context: ChannelContext) -> Iterator[Outbox]:
    """The outbox of one run; its folder is made with the first message."""
    folder = context.folder / config.path / _slug(context.run, 80)
    sweep(folder.parent)
    yield Outbox(folder, config.from_ or f"{context.channel}@localhost")


@hookimpl
def regulars_channels() -> list[ChannelKind]:
    """Offer the outbox."""
    return [
        ChannelKind(
            name="outbox",
            summary="write messages as files into a folder",
            config=OutboxSettings,
            open=open_outbox,
        )
    ]
