from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from regulars.hooks import Plugins
from regulars.messages.rendering import Renderer
from regulars.playbook.messages import Message
from regulars.playbook.playbook import Playbook

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.messages.rendering import Rendered

VOID = {"meta", "br", "img", "hr", "link"}


class Nesting(HTMLParser):
    """Follows open elements; ``wrong`` is what closes that isn't open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(params=["default", "letter"])
def layout(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def render(folder: Path, layout: str, **scope: Any) -> Rendered:
    part = {
        "subject": "<Bread> & more",
        "preheader": "Still & warm",
        "body": "Hello",
        "layout": layout,
    }
    message = Message.model_validate({"news": part})
    playbook = Playbook(
        id="p", path=folder / "playbook.yaml", locale="de_DE", messages={"hello": message}
    )
    renderer = Renderer(playbook, Plugins.load(allow=[]))
    return renderer.render("hello", "news", {"customer": {"id": "1"}, **scope})


def test_a_layout_is_whole_html_in_the_readers_language(tmp_path: Path, layout: str) -> None:
    html = render(tmp_path, layout).html
    nesting = Nesting()
    nesting.feed(html)
    assert (nesting.open, nesting.wrong) == ([], [])
    assert '<html lang="de-DE"' in html
    assert "<title>&lt;Bread&gt; &amp; more</title>" in html
    assert "max-width:600px" in html
    assert "prefers-color-scheme: dark" in html
    assert "<p>Hello</p>" in html
    assert max(map(len, html.splitlines())) < 998


def test_the_preheader_is_hidden_and_not_in_the_text(tmp_path: Path, layout: str) -> None:
    rendered = render(tmp_path, layout)
    assert "Still &amp; warm&#8199;" in rendered.html
    assert rendered.text == "Hello\n"


def test_the_footer_links_are_there_when_they_are_known(tmp_path: Path, layout: str) -> None:
    assert "Unsubscribe" not in render(tmp_path, layout).html
    known = render(tmp_path, layout, links={"unsubscribe": "https://u.example/?a=1&b=2"})
    assert 'href="https://u.example/?a=1&amp;b=2"' in known.html
    assert "Unsubscribe: https://u.example/?a=1&b=2" in known.text


def test_a_customers_own_locale_comes_first(tmp_path: Path, layout: str) -> None:
    html = render(tmp_path, layout, customer={"id": "1", "locale": "fr_CA"}).html
    assert '<html lang="fr-CA"' in html
