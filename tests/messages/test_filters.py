from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import TemplateRuntimeError
from regulars.messages.dates import date_text, datetime_text, time_text
from regulars.messages.money import money
from regulars.messages.percents import percent
from regulars.messages.rendering import RenderError

CHICAGO = ZoneInfo("America/Chicago")
NIGHT = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)  # still February in Chicago


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "written"),
    [
        (Decimal("12.5"), "USD", "en_US", "$12.50"),
        (1234567.891, "EUR", "en_IE", "€1,234,567.89"),
        ("1234.5", "EUR", "de_DE", "1.234,50\u00a0€"),
        (1234.5, "EUR", "fr-FR", "1\u202f234,50\u00a0€"),
        (1234.5, "CHF", "de_CH", "1\u2019234.50\u00a0CHF"),
        (12, "JPY", "en_US", "¥12"),
        (12.5, "ISK", "en_US", "13\u00a0ISK"),
        (12.5, "CAD", "en_CA", "$12.50"),
        (12.5, "CAD", "en_US", "CA$12.50"),
        (-3, "USD", "en_US", "-$3.00"),
        (Decimal("-0.001"), "USD", "en_US", "$0.00"),
        (Decimal("0.125"), "GBP", "en_GB", "£0.13"),
        (2, "KWD", "en_US", "2.000\u00a0KWD"),
    ],
)
def test_money_is_written_as_its_reader_would(
    amount: object, currency: str, locale: str, written: str
) -> None:
    assert money(amount, currency, locale) == written


@pytest.mark.parametrize(
    ("share", "places", "locale", "written"),
    [
        (0.24147201937341137, 0, "en_US", "24%"),
        (0.24147201937341137, 1, "de_DE", "24,1\u00a0%"),
        (0.245, 0, "de-CH", "25%"),
        (Decimal("0.125"), 1, "fr_FR", "12,5\u00a0%"),
        (-0.001, 0, "en_US", "0%"),
        (12, 0, "en", "1,200%"),
        (0.5, 0, "tr_TR", "%50"),
    ],
)
def test_a_share_is_written_as_its_reader_would(
    share: object, places: int, locale: str, written: str
) -> None:
    assert percent(share, places, locale) == written


def test_what_is_no_share_is_told() -> None:
    with pytest.raises(TemplateRuntimeError, match="'lots' is not a share; write percent behind"):
        percent("lots", 0, "en")


def test_times_are_told_in_the_customers_zone() -> None:
    assert date_text(NIGHT, CHICAGO, "en_US") == "February 28, 2026"
    assert date_text(NIGHT, CHICAGO, "de_DE") == "28.02.2026"
    assert date_text(NIGHT, CHICAGO, "ja_JP") == "2026-02-28"
    assert time_text(NIGHT, CHICAGO, "en_US") == "10:30 PM"
    assert time_text(NIGHT, CHICAGO, "en_GB") == "22:30"
    assert datetime_text(NIGHT, CHICAGO, "en_GB") == "28 February 2026, 22:30"
    assert datetime_text(NIGHT, CHICAGO, "en_US", "%a %-d %b %Y %%") == "Sat 28 Feb 2026 %"
    assert datetime_text("2026-03-01T04:30:00Z", CHICAGO, "en_US", "%H %Z") == "22 CST"


def test_a_date_alone_is_the_same_day_everywhere() -> None:
    assert date_text(date(2026, 3, 1), CHICAGO, "en_US") == "March 1, 2026"
    assert date_text("2026-03-01", CHICAGO, "en_US") == "March 1, 2026"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ traits.spend }}", "120.5"),
        ("{{ traits.spend | money }}", "$120.50"),
        ("{{ traits.spend * 1.1 }}", "132.55"),
        (
            "{{ traits.spend | round(1) }} {{ 2.5 | round }} {{ 2.1 | round(0, 'ceil') }}",
            "120.5 2 3",
        ),
        ("{{ customer.city or 'here' }}", "here"),
        ("{{ customer.city | default('here') }}", "here"),
        ("{{ customer.nothing | default('here') }}", "here"),
        ("{{ now | date }}, {{ now | time }}", "February 28, 2026, 10:30 PM"),
        ("{{ ['b', 'a'] | sort | join(', ') }}", "a, b"),
        ("{{ ['b', 'a'] | first }} {{ ['b', 'a'] | last }} {{ ['b', 'a'] | length }}", "b a 2"),
        ("{{ 'ada l' | title }} {{ 'ada' | upper }} {{ 'ADA' | lower }}", "Ada L ADA ada"),
        ("{{ 'ada' | replace('a', 'o') }} {{ 'one two three' | truncate(8) }}", "odo one..."),
        (
            "{{ '-' * 5 }} {{ 'a' ~ 1 }} {{ 'a' + 'b' }} {{ 7 % 4 }} {{ 2 ** 8 }}",
            "----- a1 ab 3 256",
        ),
        ("{{ 'https://x.example/?q=' ~ ('a b&c' | urlencode) }}", "https://x.example/?q=a%20b%26c"),
        ("{{ customer.first_name.upper() }} {{ now.year }}", "ADA 2026"),
        ("{% for i in range(3) %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}", "1,2,3"),
        ("{{ (now - now).days }}", "0"),
    ],
)
def test_what_a_template_writes(render_part: Any, template: str, text: str) -> None:
    assert render_part({"text": template}).text == text
    assert render_part({"subject": "s", "body": template}).text.strip() == text


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ 'x' | money }}", "'x' is not an amount of money"),
        ("{{ 'x' | date }}", "'x' is neither a date nor a time"),
        ("{{ now | date('%Q') }}", "'%Q' is no part of a date"),
        ("{{ 1 / 0 }}", "it divides by zero"),
        ("{{ [1] }}", "a list can't be written as it is"),
        ("{{ customer.city }}", "a value is unknown for this customer"),
        ("{{ 'a' - 1 }}", "unsupported operand"),
        ("{{ 'a' + 1 }}", "use ~ to put texts together"),
        ("{{ customer.frist_name }}", "did you mean 'first_name'?"),
    ],
)
def test_a_failure_says_why(render_part: Any, template: str, reason: str) -> None:
    with pytest.raises(RenderError) as failed:
        render_part({"text": template})
    assert reason in failed.value.reason
