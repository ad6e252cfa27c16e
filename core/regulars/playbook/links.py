"""Links: where the addresses in messages lead that regulars itself answers to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from .parts import Part

SHORTEST_KEY = 16  # characters
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Links(Part):
    """Where unsubscribing, preferences and tracked links lead.

    ``base`` is an https address. ``key`` signs what stands behind it; without one, a key is made
    beside the store.
    """

    base: str
    key: str | None = Field(None, repr=False, min_length=SHORTEST_KEY)

    @field_validator("base")
    @classmethod
    def _https(cls, base: str) -> str:
        parts = urlsplit(base) if re.fullmatch(r"[!-~]+", base) else None
        good = parts and parts.hostname and not (parts.query or parts.fragment or parts.username)
        if not (parts and good):
            raise ValueError("should be an address such as https://links.corner.example")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("should begin with https://; mail programs ask for it")
        return base.rstrip("/")
