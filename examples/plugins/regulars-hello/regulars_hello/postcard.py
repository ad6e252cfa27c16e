"""``use: postcard``: every message becomes one text file, ready for the printer."""

from __future__ import annotations

import textwrap
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import Field
from regulars.errors import PermanentError, TemporaryError
from regulars.hooks import ChannelKind, Receipt, Settings, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regulars.hooks import ChannelContext, Outgoing

LONGEST = 400  # letters that fit on the back of a postcard


class Postcard(Settings):
    """What may stand beside ``use: postcard``."""

    folder: str = Field("postcards", description="where the files go, beside the playbook")
    greeting: str = Field("With love", description="the last line of every card")
    width: int = Field(40, ge=20, le=80, description="letters in a line")


@dataclass(frozen=True)
class Printer:
    """An open channel: it writes cards into one folder."""

    folder: Path
    config: Postcard

    def send(self, message: Outgoing) -> Receipt:
        """Write one card. Its name comes from the delivery key: the same message, one file."""
        if len(message.text) > LONGEST:
            raise PermanentError(f"a postcard holds {LONGEST} letters, not {len(message.text)}")
        name = f"{sha256(message.key.encode()).hexdigest()[:16]}.txt"
        try:
            (self.folder / name).write_text(self._card(message), encoding="utf-8")
        except OSError as error:
            raise TemporaryError(f"the card can't be written: {error}") from error
        return Receipt(id=name)

    def _card(self, message: Outgoing) -> str:
        body = textwrap.fill(message.text, self.config.width)
        return f"To: {message.address}\n\n{body}\n\n{self.config.greeting}\n"


@contextmanager
def open_printer(config: Postcard, context: ChannelContext) -> Iterator[Printer]:
    """Make the folder, then print into it."""
    folder = context.folder / config.folder
    folder.mkdir(parents=True, exist_ok=True)
    yield Printer(folder, config)


@hookimpl
def regulars_channels() -> list[ChannelKind]:
    """Offer the channel. The same key writes the same file, so sending twice does no harm."""
    return [
        ChannelKind(
            "postcard",
            "One text file a message, ready for the printer",
            Postcard,
            open_printer,
            accepts=("text",),
            idempotent=True,
        )
    ]
