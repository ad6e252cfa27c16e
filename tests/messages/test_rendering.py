from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from regulars.hooks import Plugins
from regulars.messages.rendering import Renderer, RenderError
from regulars.playbook.messages import Message
from regulars.playbook.playbook import Playbook

if TYPE_CHECKING:
    from pathlib import Path

NOW = {"now": None}


def test_a_markdown_body_becomes_html_in_a_layout_and_text(render_part: Any) -> None:
    rendered = render_part(
        {
            "subject": "{{ customer.first_name }},\n your bread",
            "preheader": "Still warm",
            "body": "# Hello {{ customer.first_name }}\n\n**[Order](https://shop.example)**\n",
        },
        links={"unsubscribe": "https://u.example/1"},
    )
    assert rendered.medium == "email"
    assert rendered.subject == "Ada, your bread"
    assert rendered.preheader == "Still warm"
    assert rendered.html.startswith("<!DOCTYPE html>")
    assert "<h1>Hello Ada</h1>" in rendered.html
    assert 'class="button"' in rendered.html
    assert ">Still warm&#8199;" in rendered.html
    assert rendered.text == "Hello Ada\n\nOrder (https://shop.example)\n"


def test_an_html_template_stands_alone_unless_it_names_a_layout(render_part: Any) -> None:
    files = {"a.html.j2": '<p>{{ customer.first_name }} <a href="https://x.example">y</a></p>'}
    part = {"subject": "s", "template": "a.html.j2"}
    alone = render_part(part, files=files, first_name="<Ada>")
    assert alone.html == '<p>&lt;Ada&gt; <a href="https://x.example">y</a></p>'
    assert alone.text == "<Ada> y (https://x.example)\n"
    framed = render_part({**part, "layout": "letter"}, files=files)
    assert framed.html.startswith("<!DOCTYPE html>")
    assert '<p>Ada <a href="https://x.example">y</a></p>' in framed.html


def test_a_text_template_makes_an_email_without_html(render_part: Any) -> None:
    files = {"a.txt.j2": "Hello {{ customer.first_name }} & co\n"}
    rendered = render_part({"subject": "s", "template": "a.txt.j2"}, files=files)
    assert (rendered.html, rendered.text) == ("", "Hello Ada & co\n")


def test_a_text_of_its_own_replaces_the_one_made_by_itself(render_part: Any) -> None:
    rendered = render_part({"subject": "s", "body": "*Hello*", "text": "Hi {{ customer.id }}"})
    assert "<em>Hello</em>" in rendered.html
    assert rendered.text == "Hi c1\n"


def test_a_text_message_and_data_are_plain(render_part: Any) -> None:
    assert (
        render_part({"text": "Hi {{ customer.first_name }}\n"}, first_name="A\x07&").text == "Hi A&"
    )
    rendered = render_part({"data": {"name": "{{ customer.first_name }}", "kind": "call"}})
    assert rendered.medium == "data"
    assert rendered.data == {"name": "Ada", "kind": "call"}


def test_an_empty_subject_is_not_sent(render_part: Any) -> None:
    with pytest.raises(RenderError, match="subject is empty"):
        render_part({"subject": " {{ '' }}", "body": "x"})


def test_the_playbook_that_a_template_sees_has_no_secrets(render_part: Any) -> None:
    assert render_part({"text": "{{ playbook.id }} {{ playbook.currency }}"}).text == (
        "corner-bakery USD"
    )
    with pytest.raises(RenderError):
        render_part({"text": "{{ playbook.secrets }}"})


def test_one_renderer_serves_many_threads(tmp_path: Path, plugins: Plugins) -> None:
    body = "{% for i in range(20) %}\n- {{ i }} {{ customer.first_name }}\n{% endfor %}"
    message = Message.model_validate(
        {"news": {"subject": "{{ customer.first_name }}", "body": body}}
    )
    playbook = Playbook(id="p", path=tmp_path / "playbook.yaml", messages={"hello": message})
    renderer = Renderer(playbook, plugins)

    def render(number: int) -> bool:
        rendered = renderer.render(
            "hello", "news", {"customer": {"id": "1", "first_name": f"N{number}N"}, "now": None}
        )
        return rendered.subject == f"N{number}N" and rendered.text.count(f" N{number}N\n") == 20

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(render, range(400)))


def test_a_broken_template_fails_alike_for_everybody(tmp_path: Path, plugins: Plugins) -> None:
    message = Message.model_validate({"news": {"text": "{% if %}"}})
    playbook = Playbook(id="p", path=tmp_path / "playbook.yaml", messages={"hello": message})
    renderer = Renderer(playbook, plugins)
    reasons = set()
    for _ in range(2):
        with pytest.raises(RenderError) as failed:
            renderer.render("hello", "news", {"customer": {"id": "1"}})
        reasons.add(str(failed.value))
    assert reasons == {
        (
            "playbook.yaml: messages.hello.news.text:1: "
            "Expected an expression, got 'end of statement block'"
        )
    }


def test_a_plugins_filter_works_everywhere_and_its_html_stays_html(tmp_path: Path) -> None:
    (tmp_path / "stars.py").write_text(
        "from markupsafe import Markup, escape\n"
        "from regulars.hooks import hookimpl\n"
        "@hookimpl\n"
        "def regulars_jinja(environment):\n"
        "    environment.filters['stars'] = lambda n: '*' * int(n)\n"
        "    environment.filters['badge'] = lambda x: Markup('<b>') + x + Markup('</b>')\n"
        "    environment.globals['seal'] = lambda: Markup('<i>ok</i>')\n",
        encoding="utf-8",
    )
    plugins = Plugins.load(allow=[], files=[tmp_path / "stars.py"])
    body = "{{ 3 | stars }} {{ customer.first_name | badge }} {{ seal() }}"
    message = Message.model_validate({"news": {"subject": "{{ 3 | stars }}", "body": body}})
    playbook = Playbook(id="p", path=tmp_path / "playbook.yaml", messages={"hello": message})
    rendered = Renderer(playbook, plugins).render(
        "hello", "news", {"customer": {"id": "1", "first_name": "<Ada> **x**"}}
    )
    assert "*** <b>&lt;Ada&gt; **x**</b> <i>ok</i>" in rendered.html
    assert rendered.text == "*** <Ada> **x** ok\n"
    assert rendered.subject == "***"
