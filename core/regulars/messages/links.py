"""Links: the addresses in a message that regulars itself answers to, each with a signed token.

``{base}/u/{token}`` unsubscribes, ``/p/`` shows preferences, ``/c/`` leads on to a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateRuntimeError
from markupsafe import Markup

from regulars.signing import signing_key

from .filters import known
from .link_tokens import PAGE, PURPOSES, Token, sign
from .tokens import fill_text
from .urls import Url, url
from .work import WORK

if TYPE_CHECKING:
    from regulars.playbook.playbook import Playbook

    from .link_tokens import Purpose

NAMES = ("unsubscribe", "preferences", "track")  # what a template may write behind `links.`
_WHOLE: Mapping[str, Purpose] = {"unsubscribe": "unsubscribe", "preferences": "preferences"}
_LONGEST_TARGET = 2_000  # characters of a page's address


@dataclass(frozen=True)
class Linking:
    """Writes the links of a playbook: ``base`` is where they begin, ``key`` signs them.

    ``topics`` are the topics of the messages that are not transactional, by message.
    """

    base: str
    key: bytes
    topics: Mapping[str, str]

    def to(self, token: Token) -> Url:
        """The address that says ``token``."""
        place = PURPOSES[token.purpose].decode("ascii")
        return Url(f"{self.base}/{place}/{sign(self.key, token)}")

    def links(self, message: str, customer: str, channel: str, delivery: str) -> Links:
        """The links of one message: its delivery's key and whom it goes to."""
        topic = self.topics.get(message)
        return Links(self, (customer, topic or "", channel, delivery), marketing=topic is not None)


def linking(playbook: Playbook, *, make_key: bool) -> Linking | None:
    """What writes the playbook's links; None where it doesn't say where they lead.

    With ``make_key`` it gets its key if it has none.

    Raises:
        StoreError: the key can't be read or made.
    """
    if playbook.links is None:
        return None
    topics = {
        name: message.topic or ""
        for name, message in playbook.messages.items()
        if not playbook.is_transactional(name)
    }
    return Linking(playbook.links.base, signing_key(playbook, make=make_key), topics)


class Links(Mapping[str, Any]):
    """``links`` in a template: what one message to one customer may lead to.

    Addresses are signed when they are asked for. ``marketing`` says that the customer may
    unsubscribe from such messages.
    """

    def __init__(
        self, linking: Linking, about: tuple[str, str, str, str], *, marketing: bool
    ) -> None:
        self._linking, self._about, self._marketing = linking, about, marketing

    def __getitem__(self, name: str) -> Any:
        if name == "track":
            return self.track
        return self._linking.to(Token(_WHOLE[name], *self._about))

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)

    def track(self, target: object) -> Url:
        """An address that leads on to ``target`` and tells of the click.

        Raises:
            TemplateRuntimeError: ``target`` is no page.
        """
        if isinstance(target, Markup):
            target = fill_text(target.unescape(), WORK.values)
        page = url(known(target))
        if PAGE.match(page) is None:
            raise TemplateRuntimeError(
                f"{page[:60]!a} is no page that can be tracked; write it without links.track"
            )
        if len(page) > _LONGEST_TARGET:
            raise TemplateRuntimeError(
                f"a tracked address has at most {_LONGEST_TARGET:,} characters; make it shorter"
            )
        return self._linking.to(Token("click", *self._about, url=page))

    def headers(self) -> dict[str, str]:
        """The headers with which a mail program offers to unsubscribe by one click (RFC 8058).

        None of them where there is nothing to unsubscribe from.
        """
        if not self._marketing:
            return {}
        return {
            "List-Unsubscribe": f"<{self['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
