"""Machines: clicks and opens that no reader made.

Filters of mail providers follow the links of a message before anybody reads it, and privacy
proxies fetch its images whether or not anybody does. Such events get a name of their own, so that
no condition, goal or trigger on ``message.clicked`` or ``message.opened`` ever sees them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A filter follows links while or right after the message is handed over. A person has to be
# told of the message, open it, read and choose: hardly anybody does within ten seconds.
SOON = 10_000_000  # microseconds around the delivery
# One reader doesn't come back from a page and follow another link within two seconds.
AT_ONCE = 2_000_000

# Parts of the user agents that filters, previews and libraries give; any of them names itself.
# Seen in https://www.suped.com/knowledge/email-deliverability/troubleshooting/
# how-can-i-identify-bot-user-agents-in-my-email-click-data and in the products' own pages.
SCANNERS = (
    "barracuda", "mimecast", "proofpoint", "ciscosecureemail", "ironport", "trendmicro",
    "symantec", "messagelabs", "fireeye", "sophos", "bingpreview", "google-safety",
    "slackbot", "facebookexternalhit", "twitterbot", "linkedinbot", "whatsapp", "telegrambot",
    "discordbot", "skypeuripreview", "headlesschrome", "phantomjs",
    "python-requests", "python-urllib", "aiohttp", "go-http-client", "apache-httpclient",
    "okhttp", "curl/", "wget/", "libwww-perl", "java/",
)  # fmt: skip

# Gmail and Yahoo name their proxies: "… (via ggpht.com GoogleImageProxy)", "YahooMailProxy;
# https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html". Apple's Mail Privacy Protection
# gives a bare "Mozilla/5.0" (https://bird.com/en-nl/blog/4-insights-on-ios-15-mail-privacy-protection).
PROXIES = ("googleimageproxy", "ggpht.com", "yahoomailproxy")
_BARE = "mozilla/5.0"


@dataclass(frozen=True)
class Click:
    """One click on a link of a message; ``delay`` in seconds after it arrived, if that is said."""

    at: int
    link: str
    user_agent: str = ""
    delay: float | None = None


def opened_by_machine(user_agent: str | None) -> bool:
    """Whether a proxy or filter fetched the images."""
    agent = (user_agent or "").strip().lower()
    return agent == _BARE or any(name in agent for name in (*PROXIES, *SCANNERS))


def clicked_by_machine(clicks: Sequence[Click], arrived: Sequence[int]) -> list[bool]:
    """Of all clicks in one message, which a machine made.

    Those of a filter by name, those around an instant at which the message ``arrived``
    (microseconds), and those on different links at once.
    """
    return [
        _is_scanner(click)
        or any(abs(click.at - instant) <= SOON for instant in arrived)
        or any(c.link != click.link and abs(c.at - click.at) <= AT_ONCE for c in clicks)
        for click in clicks
    ]


def _is_scanner(click: Click) -> bool:
    agent = click.user_agent.lower()
    soon = click.delay is not None and click.delay * 1_000_000 <= SOON
    return soon or any(name in agent for name in (*PROXIES, *SCANNERS))
