from __future__ import annotations

import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regulars.hooks.kinds import Outgoing
from regulars.messages.markdown import convert
from regulars.messages.mime import mime
from regulars.messages.rendering import RenderError

HOSTILE = "**x** [a](javascript:1) <b>b</b> {{ 7*7 }} {% raw %} `c` # d | e & \\* &lt; <https://e.example>"

BODY = """# Hello {{ customer.first_name }}

- {{ customer.first_name }} is **{{ customer.first_name }}**

| Name |
|------|
| {{ customer.first_name }} |

[{{ customer.first_name }}](https://shop.example/?c={{ customer.first_name }})
`{{ customer.first_name }}`
"""


def test_header_injection_through_a_name_reaches_no_header(render_part: Any) -> None:
    evil = "Ada\r\nBcc: e@x.example\u2028\x85=?utf-8?q?a=0D=0ABcc:_e@x?="
    rendered = render_part(
        {"subject": "{{ customer.first_name }}, hello", "body": "Hello"}, first_name=evil
    )
    outgoing = Outgoing(
        key="k", address="ada@example.com", customer="c1", message="hello", medium="email",
        at=datetime(2026, 3, 1, tzinfo=UTC), subject=rendered.subject, text=rendered.text,
    )  # fmt: skip
    parsed = message_from_bytes(mime(outgoing, sender="a@b.example"), policy=policy.default)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == rendered.subject
    assert rendered.subject == "Ada Bcc: e@x.example=?utf-8?q?a=0D=0ABcc:_e@x?=, hello"


def test_a_name_full_of_markup_is_literal_text_everywhere(render_part: Any) -> None:
    rendered = render_part(
        {"subject": "{{ customer.first_name }}", "body": BODY}, first_name=HOSTILE
    )
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert rendered.subject == HOSTILE
    assert f"<h1>Hello {escaped}</h1>" in rendered.html
    assert f"<li>{escaped} is <strong>{escaped}</strong></li>" in rendered.html
    assert f"<td>{escaped}</td>" in rendered.html
    assert f"<code>{escaped}</code>" in rendered.html
    assert "javascript:1" not in "".join(
        piece.split(">")[0] for piece in rendered.html.split("<a ")[1:]
    )
    assert f"Hello {HOSTILE}\n" in rendered.text
    assert "49" not in rendered.text
    assert render_part({"text": "{{ customer.first_name }}"}, first_name=HOSTILE).text == HOSTILE
    html = render_part(
        {"subject": "s", "template": "a.html.j2"},
        files={"a.html.j2": "<p>{{ customer.first_name }}</p>"},
        first_name=HOSTILE,
    ).html
    assert html == f"<p>{escaped}</p>"


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.sampled_from("*_`[](){}<>!#|&;:/\\'\"-+.=~\n ax1"), min_size=1, max_size=60))
def test_whatever_a_customer_is_called_the_structure_of_the_mail_stays(
    render_part: Any, name: str
) -> None:
    part = {"subject": "hello", "body": BODY}
    tags = _tags(render_part(part, first_name="Ada").html)
    assert _tags(render_part(part, first_name=name).html) == tags


def _tags(html: str) -> list[str]:
    return [piece.partition(">")[0].split(" ")[0] for piece in html.split("<")[1:]]


def test_data_in_template_text_that_is_put_together_stays_text(render_part: Any) -> None:
    body = """{% macro bold(x) %}**{{ x }}**{% endmacro %}
{% set greeting %}Hello *{{ customer.first_name }}*{% endset %}

{{ bold(customer.first_name) }} {{ bold('y') ~ customer.first_name }}
{{ bold('y') + customer.first_name }} {{ [bold('z'), customer.first_name] | join(', ') }}
{{ greeting }} {{ greeting | upper }}
"""
    html = render_part({"subject": "s", "body": body}, first_name="**<i>**").html
    name = "**&lt;i&gt;**"
    assert f"<strong>{name}</strong> <strong>y</strong>{name}" in html
    assert f"<strong>y</strong>{name} <strong>z</strong>, {name}" in html
    assert f"Hello <em>{name}</em> HELLO *{name.replace('i', 'I')}*" in html.replace("&LT;", "&lt;")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JaVaScRiPt:1", "data:text/html,x", "vbscript:x", "//evil"]
)
def test_an_address_from_data_must_be_one_that_only_opens_a_page(
    render_part: Any, address: str
) -> None:
    for files, part in (
        ({}, {"body": "[shop]({{ customer.first_name }})"}),
        ({"a.html.j2": '<a href="{{ customer.first_name }}">x</a>'}, {"template": "a.html.j2"}),
        (
            {"a.html.j2": "<a href={% if 1 %}{{ customer.first_name }}{% endif %}>x</a>"},
            {"template": "a.html.j2"},
        ),
    ):
        with pytest.raises(RenderError, match="no address that a link may have"):
            render_part({"subject": "s", **part}, files=files, first_name=address)


def test_data_inside_an_address_cannot_change_where_it_leads(render_part: Any) -> None:
    body = "[a](https://shop.example/?c={{ customer.first_name }}) [b](mailto:{{ customer.email }})"
    html = render_part(
        {"subject": "s", "body": body}, first_name='x&y=1#"><b>', email="a+b@c.example"
    ).html
    assert 'href="https://shop.example/?c=x%26y%3D1%23%22%3E%3Cb%3E"' in html
    assert 'href="mailto:a+b@c.example"' in html


ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ customer.__class__.__mro__ }}",
    "{{ customer | attr('__class__') }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{x.__class__}'.format_map({'x': 1}) }}",
    "{{ ['__class__'] | map('attr', 'x') | list }}",
    "{{ [1] | map(attribute='__class__') | first }}",
    "{{ cycler.__init__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ self.__init__ }}",
    "{{ range.__self__ }}",
    "{{ (now).__reduce__() }}",
    "{{ customer.pop('id') }}",
    "{{ customer.update({'id': 1}) }}",
    "{% for x in [1] %}{{ loop.__init__ }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
    "{{ customer | safe }}",
    "{{ '<b>' | safe }}",
    "{% autoescape false %}x{% endautoescape %}",
    "{% include 'playbook.yaml' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{{ namespace(x=1) }}",
    "{{ joiner() }}",
    "{{ dict(x=1) }}",
]


@pytest.mark.parametrize("template", ESCAPES)
@pytest.mark.parametrize("ending", ["md", "html", "txt"])
def test_a_template_that_reaches_for_code_is_an_error_with_file_and_line(
    render_part: Any, template: str, ending: str
) -> None:
    with pytest.raises(RenderError) as failed:
        render_part(
            {"subject": "s", "template": f"a.{ending}.j2"},
            files={f"a.{ending}.j2": f"Hello\n\n{template}"},
        )
    assert (failed.value.file, failed.value.line) == (f"a.{ending}.j2", 3)
    assert str(failed.value).startswith(f"a.{ending}.j2:3: ")


EXHAUSTION = [
    "{{ 'x' * 10**9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 9 ** 999999999 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'x' | center(10**9) }}",
    "{{ 'x'.center(10**9) }}",
    "{{ 'x'.ljust(10**9) }}",
    "{{ 'x'.zfill(10**9) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ 1 | round(-1000000000) }}",
    "{{ now.strftime('%1000000000Y') }}",
    "{{ now | datetime('%1000000000Y') }}",
    "{% for a in range(10**9) %}{% endfor %}",
    (
        "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}"
        "{% endfor %}{% endfor %}{% endfor %}"
    ),
    "{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    (
        "{% macro m(n) %}{% if n %}{{ caller() }}{% call m(n-1) %}{{ caller() }}{% endcall %}"
        "{% endif %}{% endmacro %}{% call m(900) %}x{% endcall %}"
    ),
    "{% block b %}{{ self.b() }}{% endblock %}",
    "{{ 'xx'" + " | replace('x', 'x' * 1000)" * 8 + " }}",
    "{% set x = 'x' * 1000 %}" + "{% set x = x ~ x %}" * 40,
    "{% set x = 'x' * 1000 %}" + "{% set x = x + x %}" * 40,
    "{% set x = 'x' * 1000 %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40,
    "{% set x = ['x'] %}" + "{% set x = [x, x] %}" * 40 + "{{ x | string }}",
    "{% set x = ['x'] %}" + "{% set x = (x, x) %}" * 40 + "{{ x == x }}",
    "{% set x = 'x' * 1000 %}{{ [x] * 10**8 }}",
    "{% set x = 99999999999 %}" + "{% set x = x * x %}" * 40 + "{{ x }}",
    (
        "{% set x = 'x' * 999999 %}{% for a in range(1000) %}{% for b in range(100) %}"
        "{% if x | upper == 'y' %}{% endif %}{% endfor %}{% endfor %}"
    ),
    "{% set x = 'x' * 999999 %}" + "{% set y = x | upper | lower | title %}" * 800,
    "{{ range(1000) | map('string') | list | join('x' * 9999) }}",
    "{{ ('x' * 999999) | list | sort | unique | list }}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% macro m() %}{{ m(varargs, varargs) }}{% endmacro %}{{ m() }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{% for a in range(9) %}" * 30 + "{% endfor %}" * 30,
    "{{ " + "-" * 5000 + "1 }}",
    "{{ " + " ~ ".join(["customer.id"] * 20000) + " }}",
]


@pytest.mark.parametrize("template", EXHAUSTION, ids=range(len(EXHAUSTION)))
@pytest.mark.parametrize("kind", ["md", "txt"])
@pytest.mark.timeout(60)
def test_a_template_that_would_work_for_ever_fails_soon(
    render_part: Any, template: str, kind: str
) -> None:
    with pytest.raises(RenderError):
        render_part({"subject": "s", "template": f"a.{kind}.j2"}, files={f"a.{kind}.j2": template})
    assert render_part({"text": "Hello {{ customer.first_name }}"}).text == "Hello Ada"


def test_endless_work_fails_in_a_thread_as_well(render_part: Any) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            render_part({"text": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"})
        except RenderError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 4


@pytest.mark.parametrize(
    "template",
    [
        "{{ customer.nickname }}",
        "{{ nobody.name }}",
        "{{ traits.oders }}",
        "{{ scores.value.alive }}",
        "{{ event.total }}",
        "{{ links.unsubscribe }}",
        "{{ customer.city }}",
        "{{ customer.city | upper }}",
        "{{ 'in ' ~ customer.city }}",
        "{{ traits.usual.name }}",
        "{{ customer }}",
    ],
)
def test_what_is_missing_fails_this_recipient_and_sends_nothing(
    render_part: Any, template: str
) -> None:
    for part in (
        {"text": f"Hello\n{template}"},
        {"subject": "s", "body": f"Hello\n{template}"},
        {"subject": f"Hello\n{template}", "body": "x"},
    ):
        with pytest.raises(RenderError) as failed:
            render_part(part)
        assert failed.value.line == 2
        assert failed.value.file.startswith("playbook.yaml: messages.hello.news.")


def test_html_in_markdown_is_text() -> None:
    assert "&lt;script&gt;" in convert("a <script>alert(1)</script>").html
    assert "<a" not in convert("[x](javascript:alert(1)) [y](data:text/html,x)").html
