from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.messages.environment import one_line, visible
from regulars.messages.rendering import RenderError

EVENT = {"items": "bread", "get": "it", "line items": ["a", "b"]}


@given(st.text(max_size=60))
def test_a_subject_is_one_line_that_everybody_sees_whole(text: str) -> None:
    line = one_line(text)
    assert line == " ".join(line.split())
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in line)
    assert visible(visible(text)) == visible(text)
    assert "\r" not in visible(text)


def test_an_events_own_property_comes_before_a_method_of_that_name(render_part: Any) -> None:
    template = "{{ event.items }} {{ event.get }} {{ event['line items'] | join('+') }}"
    scope = {"customer": {"id": "1"}, "event": EVENT}
    assert render_part({"text": template}, scope).text == "bread it a+b"
    pairs = "{% for key, value in traits.items() %}{{ key }}={{ value }} {% endfor %}"
    assert render_part({"text": pairs}).text == "usual=sourdough spend=120.5"


def test_an_address_from_data_is_checked_by_itself_in_html(render_part: Any) -> None:
    files = {"a.html.j2": '<a href="{{ customer.page }}">x</a> <img src="{{ customer.page }}">'}
    part = {"subject": "s", "template": "a.html.j2"}
    html = render_part(part, files=files, page='https://x.example/ä"><b>').html
    assert html.count("https://x.example/%C3%A4%22%3E%3Cb%3E") == 2
    with pytest.raises(RenderError, match=r"a\.html\.j2:1: .*no address"):
        render_part(part, files=files, page="javascript:alert(1)")


def test_a_link_object_may_be_called(render_part: Any) -> None:
    links = {"track": lambda url: f"https://t.example/?u={url}"}
    scope = {"customer": {"id": "1"}, "links": links}
    body = "[a]({{ links.track('https://x.example') }})"
    html = render_part({"subject": "s", "body": body}, scope).html
    assert 'href="https://t.example/?u=https://x.example"' in html
