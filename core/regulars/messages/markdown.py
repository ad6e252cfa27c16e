"""Markdown bodies: a template's own Markdown becomes HTML and text, data stays data.

Jinja runs first, with a token for every value (``tokens.py``); then Markdown becomes HTML; then
each token becomes its value. Messages that differ in nothing but data share the middle step.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2.utils import pass_context
from markdown_it import MarkdownIt
from markupsafe import Markup

from .environment import HardenedEnvironment, visible
from .filters import glue, known
from .text import html_to_text
from .tokens import begins_with_token, fill_text, in_link, token
from .urls import may_link
from .work import WORK, bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2.runtime import Context
    from markdown_it.token import Token

_TARGETS = {"link_open": "href", "image": "src"}


class MarkdownEnvironment(HardenedEnvironment):
    """Where Markdown is written: every value becomes a token, kept in ``WORK.values``."""

    def __init__(self) -> None:
        super().__init__(autoescape=True)
        self.finalize = self.keep  # called with the context, nothing is folded at compile time

    @pass_context
    def keep(self, context: Context, value: Any) -> Markup:  # noqa: ARG002
        """The token for ``value``; the template's own text, as of a macro, stays."""
        if type(value) is str:
            return self._token(visible(value))
        return value if isinstance(value, Markup) else self._token(visible(known(value)))

    def _token(self, value: str) -> Markup:
        values = WORK.values
        values.append(value)
        return token(len(values) - 1)

    def joined(self, pieces: list[Any]) -> str:
        """What ``a ~ b`` gives: template text beside data stays template text."""
        WORK.spend()
        if not any(isinstance(piece, Markup) for piece in pieces):
            return glue([known(piece) for piece in pieces])
        kept = [
            piece if isinstance(piece, Markup) else self._token(visible(known(piece)))
            for piece in pieces
        ]
        return Markup(bounded(kept))  # noqa: S704 (template text and tokens)

    def plain(self, value: Any) -> Any:
        """A piece of template text with its values in it, as plain text."""
        return fill_text(str(value), WORK.values) if isinstance(value, Markup) else value

    def called(self, result: Any) -> Any:
        """HTML that a plugin made is a value like any other."""
        return self._token(result) if isinstance(result, Markup) else result

    def foreign(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A plugin's filter, whose HTML is a value like any other."""

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return self.called(function(*args, **kwargs))

        return call


class Converted(NamedTuple):
    """One body in its two forms, with tokens where the values belong."""

    html: str
    text: str


@lru_cache(maxsize=512)
def convert(source: str) -> Converted:
    """Markdown (CommonMark and tables; HTML in it is text) as HTML and as plain text."""
    parsed = _MARKDOWN.parse(source)
    for block in parsed:
        children = block.children or []
        for each in children:
            _mark_target(each)
        if _is_button(children):
            next(each for each in children if each.type == "link_open").attrSet("class", "button")
    html = _MARKDOWN.renderer.render(parsed, _MARKDOWN.options, {})
    return Converted(html, html_to_text(html))


def _mark_target(part: Token) -> None:
    name = _TARGETS.get(part.type)
    if name is not None:
        part.attrSet(name, in_link(str(part.attrGet(name))))


def _is_button(children: Iterable[Token]) -> bool:
    """Whether a paragraph is nothing but a bold link: ``**[Order now](https://…)**``."""
    kinds = [each.type for each in children if each.type != "text" or each.content]
    return (
        kinds[:2] == ["strong_open", "link_open"]
        and kinds[-2:] == ["link_close", "strong_close"]
        and kinds.count("link_open") == 1
    )


def _is_target(target: str) -> bool:
    return may_link(target) or begins_with_token(target)


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    setattr(markdown, "validateLink", _is_target)  # noqa: B010 (it replaces a method)
    return markdown


_MARKDOWN = _markdown()
