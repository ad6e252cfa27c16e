"""The templates of a message's part: where each is written, what it says, how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .failures import RenderError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath

    from regulars.playbook.messages import MessagePart

Kind = Literal["markdown", "html", "text"]

LARGEST = 100_000  # characters of one template; mail programs cut messages off there
_KINDS: dict[str, Kind] = {".md.j2": "markdown", ".html.j2": "html", ".txt.j2": "text"}


@dataclass(frozen=True)
class Source:
    """One template. ``slot`` is the word of the part that it fills, ``name`` a field of data.

    ``file`` is the template file as the playbook names it, or None for a text written there.
    """

    slot: str
    kind: Kind
    text: str
    file: str | None = None
    name: str | None = None


def sources(part: MessagePart, folder: FilePath) -> Iterator[Source]:
    """Every template of ``part``; files are looked for in ``folder``.

    Raises:
        RenderError: a template file can't be read, or its ending says nothing.
    """
    for slot in ("subject", "preheader", "text"):
        text = getattr(part, slot)
        if text is not None:
            yield Source(slot, "text", text)
    if part.body is not None:
        yield Source("body", "markdown", part.body)
    if part.template is not None:
        yield read(part.template, folder)
    for name, text in (part.data or {}).items():
        yield Source("data", "text", text, name=name)


def read(file: str, folder: FilePath) -> Source:
    """The template file that a part names."""
    kind = next((kind for ending, kind in _KINDS.items() if file.endswith(ending)), None)
    if kind is None:
        raise RenderError(file, 0, _ending(file))
    path = folder / file
    try:
        with path.open(encoding="utf-8-sig") as opened:
            return Source("template", kind, opened.read(LARGEST + 1), file=file)
    except FileNotFoundError:
        raise RenderError(
            file, 0, "there is no such file; it is looked for beside the playbook"
        ) from None
    except UnicodeDecodeError:
        raise RenderError(file, 0, "it is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise RenderError(file, 0, f"it can't be read: {error.strerror}") from None


def _ending(file: str) -> str:
    if file.endswith(".mjml.j2"):
        return "MJML templates can't be used yet; write it as .html.j2 or .md.j2"
    return "its ending says nothing; a template is .md.j2, .html.j2 or .txt.j2"
