"""HTML to plain text that a person can read: links keep their targets, lists their marks."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = {"script", "style", "head", "title", "template", "noscript", "svg", "object"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table"}
_LINES = {"div", "section", "article", "header", "footer", "center", "tr", "li", "dt", "dd"}
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "source"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_CELL = "\x1f"  # stands between two cells until the line is finished
_RULE = "-" * 20


def html_to_text(html: str) -> str:
    """``html`` as plain text, paragraphs parted by an empty line, without one at the end.

    ``our shop (https://shop.example)`` for a link, ``- `` and ``1. `` for lists, ``a | b`` for
    cells of a table; scripts, styles and what is hidden are left out.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects finished lines; ``_line`` is the one being written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._lists: list[int | None] = []  # the next number, or None for bullets
        self._links: list[tuple[str, int, int]] = []  # target, and where its text begins
        self._silent: list[str] = []  # the open elements below a silent one
        self._quotes = 0
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if self._silent or tag in _SILENT or _is_hidden(known):
            if tag not in _VOID:
                self._silent.append(tag)
        elif tag == "a":
            self._links.append((known.get("href", ""), len(self._lines), len(self._line)))
        elif tag == "img":
            self._write(known.get("alt", ""))
        elif tag == "br":
            self._end_line()
        elif tag == "hr":
            self._end_paragraph()
            self._line = _RULE
            self._end_paragraph()
        else:
            self._open(tag, known)

    def _open(self, tag: str, known: dict[str, str]) -> None:
        if tag in {"ul", "ol"}:
            self._end_line() if self._lists else self._end_paragraph()
            start = known.get("start", "1")
            self._lists.append((int(start) if start.isdigit() else 1) if tag == "ol" else None)
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag in _LINES:
            self._end_line()
        if tag == "li":
            self._line = self._mark()
        elif tag in {"td", "th"} and self._line:
            self._line += _CELL
        self._quotes += tag == "blockquote"
        self._pre += tag == "pre"

    def _mark(self) -> str:
        indent = "  " * max(len(self._lists) - 1, 0)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._end_silence(tag)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            self._end_line() if self._lists else self._end_paragraph()
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
            self._quotes -= tag == "blockquote" and self._quotes > 0
            self._pre -= tag == "pre" and self._pre > 0
        elif tag in _LINES:
            self._end_line()

    def _end_silence(self, tag: str) -> None:
        """Close ``tag`` and whatever was left open inside it."""
        if tag in self._silent:
            last = len(self._silent) - 1 - self._silent[::-1].index(tag)
            del self._silent[last:]

    def _end_link(self, target: str, line: int, column: int) -> None:
        same_line = line == len(self._lines)
        words = self._line[column:] if same_line else self._line
        if not target or target.startswith("#"):
            return
        shown = words.replace(_CELL, " ").strip()
        if target.removeprefix("mailto:").removeprefix("tel:") == shown:
            return
        self._line = self._line.rstrip(" ") + (f" ({target})" if shown else target)

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            first, *others = data.split("\n")
            self._line += first
            for line in others:
                self._end_line()
                self._line = line
        else:
            self._write(data)

    def _write(self, data: str) -> None:
        words = _BLANKS.sub(" ", data)
        if not self._line or self._line.endswith((" ", _CELL)):
            words = words.lstrip(" ")
        self._line += words

    def _end_line(self) -> None:
        line = self._line.rstrip(" \x1f").lstrip(_CELL).replace(" " + _CELL, _CELL)
        if line.strip():
            self._lines.append("> " * self._quotes + line.replace(_CELL, " | "))
        self._line = ""

    def _end_paragraph(self) -> None:
        self._end_line()
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """What was read so far."""
        self._end_line()
        return "\n".join(self._lines).strip("\n")


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style", "")) is not None
