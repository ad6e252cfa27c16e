"""Which clicks and opens no reader made."""

from __future__ import annotations

import pytest
from regulars.delivery.feedback.machines import (
    SOON,
    Click,
    clicked_by_machine,
    opened_by_machine,
)

SECOND = 1_000_000
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        ("Mozilla/5.0", True),
        ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) (via ggpht.com GoogleImageProxy)", True),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", True),
        ("BarracudaCentral/1.0", True),
        (FIREFOX, False),
        ("", False),
        (None, False),
    ],
)  # fmt: skip
def test_opens_of_proxies(agent: str | None, machine: bool) -> None:  # noqa: FBT001
    assert opened_by_machine(agent) is machine


def test_a_click_of_a_filter_names_itself() -> None:
    clicks = [Click(0, "a", agent) for agent in ("python-requests/2.32", "Mimecast", FIREFOX, "")]
    assert clicked_by_machine(clicks, []) == [True, True, False, False]


def test_nobody_reads_in_ten_seconds() -> None:
    clicks = [Click(at, "a") for at in (-SOON - 1, -SOON, 0, SOON, SOON + 1)]
    assert clicked_by_machine(clicks, [0]) == [False, True, True, True, False]
    assert clicked_by_machine([Click(0, "a", delay=d) for d in (3, 10, 11)], []) == [
        True, True, False,
    ]  # fmt: skip


def test_nobody_follows_two_links_at_once_and_anybody_clicks_twice() -> None:
    clicks = [Click(0, "a"), Click(SECOND, "a"), Click(9 * SECOND, "a"), Click(12 * SECOND, "b")]
    assert not any(clicked_by_machine(clicks, []))
    clicks = [Click(0, "a"), Click(2 * SECOND, "b"), Click(9 * SECOND, "b")]
    assert clicked_by_machine(clicks, []) == [True, True, False]
