"""Rendering: a message, a channel and a customer → exactly what is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from regulars.errors import PluginError

from .checking import check_templates
from .environment import one_line
from .failures import RenderError
from .known import known_customer_names
from .layouts import Layout, open_layout
from .markdown import convert
from .sources import Source, sources
from .templates import Compiled, Environments
from .text import html_to_text
from .tokens import fill_html, fill_text
from .work import WORK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Plugins
    from regulars.hooks.kinds import Medium
    from regulars.playbook.playbook import Playbook

__all__ = ["RenderError", "Rendered", "Renderer", "check_templates"]

DEFAULT_LAYOUT = "default"


@dataclass(frozen=True)
class Rendered:
    """What a message says to one customer; what its medium doesn't have is empty."""

    medium: Medium
    subject: str = ""
    preheader: str = ""
    html: str = ""
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Part:
    """A message's part with its templates compiled, by slot.

    Below one that is ``transactional`` the layout offers no way to unsubscribe.
    """

    medium: Medium
    transactional: bool
    slots: Mapping[str, tuple[Source, Compiled]]
    data: Mapping[str, Compiled]
    layout: Layout | None


class Renderer:
    """Renders a playbook's messages; each template is compiled once. Safe between threads."""

    def __init__(self, playbook: Playbook, plugins: Plugins) -> None:
        self._playbook = playbook
        self._plugins = plugins
        self._environments = Environments(plugins)
        self._parts: dict[tuple[str, str], _Part | RenderError] = {}
        self._unknown = dict.fromkeys(known_customer_names(playbook))
        self._own = {
            "playbook": {
                "id": playbook.id,
                "timezone": playbook.timezone.key,
                "locale": playbook.locale,
                "currency": playbook.currency,
            }
        }
        self._absent: dict[str, Any] = {
            "traits": {}, "scores": {}, "event": None, "links": {},
        }  # fmt: skip

    def render(self, message: str, channel: str, scope: Mapping[str, Any]) -> Rendered:
        """``message`` as it goes out over ``channel`` to the customer in ``scope``.

        ``scope`` holds ``customer`` (with its id), ``traits``, ``scores``, ``event``, ``arm``,
        ``now`` and ``links``, as far as they are known; a message without an experiment has no
        ``arm``.

        Raises:
            RenderError: it can't be rendered whole, so nothing of it may be sent.
        """
        part = self._part(message, channel)
        customer = self._unknown | dict(scope.get("customer") or {})
        names = self._absent | dict(scope) | self._own | {"customer": customer}
        playbook = self._playbook
        WORK.begin(customer, playbook.timezone, playbook.locale, playbook.currency)
        if part.medium == "data":
            return Rendered("data", data={k: t.render(names) for k, t in part.data.items()})
        if part.medium == "text":
            return Rendered("text", text=_body(part, names)[1].strip())
        return _email(part, names)

    def _part(self, message: str, channel: str) -> _Part:
        """The part, compiled on first use; one that can't be is not tried again."""
        part = self._parts.get((message, channel))
        if part is None:
            try:
                part = self._compiled(message, channel)
            except RenderError as error:
                part = error
            self._parts[message, channel] = part
        if isinstance(part, RenderError):
            raise RenderError(part.file, part.line, part.reason)
        return part

    def _compiled(self, message: str, channel: str) -> _Part:
        part = self._playbook.messages[message].parts[channel]
        slots: dict[str, tuple[Source, Compiled]] = {}
        data: dict[str, Compiled] = {}
        for source in sources(part, self._playbook.folder):
            where = ".".join(filter(None, ("messages", message, channel, source.slot, source.name)))
            file = source.file or f"{self._playbook.path.name}: {where}"
            compiled = self._environments.compile(source.kind, source.text, file)
            if source.slot == "data":
                data[source.name or ""] = compiled
            else:
                slots[source.slot] = (source, compiled)
        layout = self._layout(part.layout, part.medium, slots)
        transactional = self._playbook.is_transactional(message)
        return _Part(part.medium, transactional, slots, data, layout)

    def _layout(
        self, name: str | None, medium: Medium, slots: Mapping[str, tuple[Source, Compiled]]
    ) -> Layout | None:
        """The named layout; Markdown has one by itself, a text has none."""
        kinds = {source.kind for slot, (source, _) in slots.items() if slot in _BODIES}
        if medium != "email" or (name is None and "markdown" not in kinds):
            return None
        try:
            return open_layout(name or DEFAULT_LAYOUT, self._plugins, self._environments)
        except PluginError as error:
            raise RenderError(self._playbook.path.name, 0, str(error)) from error


_BODIES = ("body", "template")


def _body(part: _Part, names: Mapping[str, Any]) -> tuple[str, str]:
    """The HTML and the text of a part's body, without its layout; either may be empty."""
    source, template = next(part.slots[s] for s in ("body", "template", "text") if s in part.slots)
    written = template.render(names)
    if source.kind == "markdown":
        converted = convert(written)
        return _filled(template, converted.html, converted.text)
    if source.kind == "html":
        return Markup(written), ""  # noqa: S704 (the environment escaped it)
    return "", written


def _filled(template: Compiled, html: str, text: str) -> tuple[str, str]:
    try:
        return fill_html(html, WORK.values), fill_text(text, WORK.values)
    except Exception as error:
        raise RenderError(template.file, 0, str(error)) from error


def _email(part: _Part, names: Mapping[str, Any]) -> Rendered:
    subject = _line(part, "subject", names)
    preheader = _line(part, "preheader", names)
    if not subject:
        file = part.slots["subject"][1].file
        raise RenderError(file, 0, "the subject is empty; write one that is never empty")
    body, text = _body(part, names)
    if "text" in part.slots:
        text = part.slots["text"][1].render(names)
    elif body and not text:
        text = html_to_text(body)
    html: str = body
    if part.layout is not None:
        shown: dict[str, Any] = {"subject": subject, "preheader": preheader}
        if part.transactional:
            shown["links"] = {}
        html, text = part.layout.wrap(body, text.strip(), {**names, **shown})
    return Rendered("email", subject, preheader, str(html), text.strip() + "\n")


def _line(part: _Part, slot: str, names: Mapping[str, Any]) -> str:
    return one_line(part.slots[slot][1].render(names)) if slot in part.slots else ""
