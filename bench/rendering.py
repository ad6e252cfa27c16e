"""Measure rendering alone, against bare Jinja in the same process with the same output.

    python bench/rendering.py [--customers N] [--repeats N] [--json FILE]

Messages of the Corner Bakery are rendered for many customers by regulars and by Jinja alone, by
turns; the ratio is that of the processor's time in each turn. Bare Jinja is given what somebody
would write by hand who sends this one message: its Markdown made HTML and text beforehand and put
into the layout, values escaped, nothing else. Links are signed beforehand for both.
"""

from __future__ import annotations

import re
import statistics
import time
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import regulars_templates
from jinja2 import Environment, StrictUndefined
from measuring import Result, Row, benchmark, machine, table
from regulars.messages.markdown import convert
from regulars.messages.money import money
from regulars.messages.rendering import Renderer
from regulars.messages.tokens import TOKEN, token
from regulars.messages.urls import Url
from regulars.playbook.loading import load_playbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regulars.playbook.loading import Loaded

    Scope = dict[str, Any]
    Said = tuple[str, str, str]  # subject, HTML, text
    Render = Callable[[Scope], Said]

MESSAGES = {"we_miss_you": "email", "basket": "email", "order_confirmed": "sms"}
AT_MOST = 1.4
BAKERY = Path(__file__).parent.parent / "examples/corner-bakery/playbook.yaml"
LAYOUTS = Path(regulars_templates.__file__).parent / "layouts"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
EXPRESSION = re.compile(r"\{\{.*?\}\}")


class Messages(NamedTuple):
    """One message, as both say it."""

    regulars: Render
    jinja: Render


def scope(number: int) -> Scope:
    """What is known of one customer, with a name that has to be escaped now and then."""
    name = f"Ada & {number}" if number % 10 == 0 else f"Ada{number}"
    address = "https://links.example.com/{}/AQ" + f"{number:0160}"
    pages = "https://links.example.com/c/AQ" + f"{number:0210}"
    return {
        "customer": {
            "id": f"c{number}", "email": f"ada{number}@example.com", "first_name": name,
            "town": "Portland", "plan": "free", "points": number % 90,
        },
        "traits": {"orders": number % 40, "usual": "rye & oats", "spend": Decimal("120.50")},
        "scores": {},
        "event": {
            "name": "order", "item": "loaf", "quantity": 2, "total": Decimal("12.50"),
            "value": Decimal("21.40"),
        },
        "arm": {"opening": "Your"},
        "now": NOW,
        "links": {
            "unsubscribe": Url(address.format("u")),
            "preferences": Url(address.format("p")),
            "track": lambda _target: Url(pages),
        },
    }  # fmt: skip


def of_regulars(loaded: Loaded, message: str) -> Render:
    renderer, channel = Renderer(loaded.playbook, loaded.plugins), MESSAGES[message]

    def render(scope: Scope) -> Said:
        said = renderer.render(message, channel, scope)
        return said.subject, said.html, said.text

    return render


def of_jinja(loaded: Loaded, message: str) -> Render:
    """The message as templates for Jinja alone."""
    part = loaded.playbook.messages[message].parts[MESSAGES[message]]
    options: dict[str, Any] = {
        "undefined": StrictUndefined, "keep_trailing_newline": True, "trim_blocks": True,
        "lstrip_blocks": True,
    }  # fmt: skip
    escaping, plain = Environment(autoescape=True, **options), Environment(**options)
    for environment in (escaping, plain):
        environment.filters["money"] = partial(money, currency="USD", locale="en_US")
    if part.medium == "text":
        only = plain.from_string(str(part.text))
        return lambda scope: ("", "", only.render(scope))
    html_body, text_body = bodies((BAKERY.parent / str(part.template)).read_text())
    subject = plain.from_string(str(part.subject))
    html = escaping.from_string(framed("default.html.j2", html_body))
    text = plain.from_string(framed("default.txt.j2", text_body))

    def render(scope: Scope) -> Said:
        line = subject.render(scope)
        names = {**scope, "subject": line, "preheader": "", "lang": "en-US"}
        return line, html.render(names), text.render(names).strip() + "\n"

    return render


def framed(layout: str, body: str) -> str:
    return (LAYOUTS / layout).read_text().replace("{{ body }}", body)


def bodies(markdown: str) -> tuple[str, str]:
    """A body in Markdown as two templates, of HTML and of text, with its expressions as they were.

    A word without meaning stands for each of them while the Markdown becomes HTML.
    """
    expressions: list[str] = EXPRESSION.findall(markdown)
    words = iter(range(len(expressions)))
    made = convert(EXPRESSION.sub(lambda _: str(token(next(words))), markdown))
    html, text = (TOKEN.sub(lambda found: expressions[int(found[2])], each) for each in made)
    return html, text.strip()


def compared(messages: Messages, scopes: Sequence[Scope], repeats: int) -> Result:
    """Microseconds a message, and the ratio of each turn; both must say the same."""
    assert [*map(messages.regulars, scopes)] == [*map(messages.jinja, scopes)], "not the same"
    turns = [
        (spent(messages.regulars, scopes), spent(messages.jinja, scopes)) for _ in range(repeats)
    ]
    ratios = sorted(ours / bare for ours, bare in turns)
    micros = [1e6 * statistics.median(turn) / len(scopes) for turn in zip(*turns, strict=True)]
    return {
        "regulars_us": micros[0],
        "jinja_us": micros[1],
        "ratio": statistics.median(ratios),
        "ratio_least": ratios[0],
        "ratio_most": ratios[-1],
    }


def spent(render: Render, scopes: Sequence[Scope]) -> float:
    start = time.process_time()
    for each in scopes:
        render(each)
    return time.process_time() - start


def measure(_folder: Path, customers: int, repeats: int) -> Result:
    loaded = load_playbook(BAKERY)
    scopes = [scope(number) for number in range(customers)]
    return {
        "customers": customers,
        "repeats": repeats,
        "messages": {
            name: compared(
                Messages(of_regulars(loaded, name), of_jinja(loaded, name)), scopes, repeats
            )
            for name in MESSAGES
        },
        "machine": machine(),
    }


def told(result: Result) -> str:
    rows: list[Row] = []
    for name, found in result["messages"].items():
        rows += [
            (f"{name}, {MESSAGES[name]}", f"{found['regulars_us']:.0f} µs a message", ""),
            ("  bare Jinja", f"{found['jinja_us']:.0f} µs", ""),
            (
                "  times that",
                f"{found['ratio']:.2f}",
                f"≤ {AT_MOST}   ({found['ratio_least']:.2f} to {found['ratio_most']:.2f})",
            ),
        ]
    return table(rows)


if __name__ == "__main__":
    benchmark(__doc__, {"customers": 1_000, "repeats": 21}, measure, told)
