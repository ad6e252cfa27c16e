"""Sources: where data comes from, and what its columns are called here."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from regulars.values import EventName, Percentage

from .parts import Offered, Part

CONSENT = "consent."  # map: {consent.offers: newsletter, consent.offers.email: mail_ok}
BUILT_IN = {
    "id": "text",
    "kind": "text",
    "email": "text",
    "phone": "text",
    "timezone": "text",
    "locale": "text",
}
KINDS_OF_CUSTOMER = ("customer", "staff", "partner")  # the first is meant where none is given


class EventColumn(Part):
    """The event's name is in a column."""

    column: Annotated[str, Field(min_length=1)]


class Source(Offered):
    """One source; the words that are not here are the connector's own settings.

    ``map`` names what is loaded: the field of the customer or event, then the source's column.
    Without a ``map`` every column is loaded under its own name.
    """

    provides: Literal["customers", "events"]
    event: EventName | None = None
    map: dict[str, str | EventColumn] = Field(default_factory=dict)
    on_bad_row: Literal["reject", "stop"] = "reject"
    max_bad: Percentage | None = None

    @property
    def columns(self) -> dict[str, str]:
        """``map`` as plain text: field → column."""
        return {
            field: item.column if isinstance(item, EventColumn) else item
            for field, item in self.map.items()
        }

    @model_validator(mode="after")
    def _events_have_names(self) -> Self:
        if self.provides == "events" and self.event is None and "event" not in self.map:
            raise ValueError("name the event: event: order, or map: {event: column}")
        if self.provides == "customers" and self.event is not None:
            raise ValueError("event belongs to a source that provides: events")
        return self
