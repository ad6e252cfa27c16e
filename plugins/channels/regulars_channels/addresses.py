"""The sender that a playbook names."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from regulars.errors import PermanentError
from regulars.mail import split_mailbox


def bare(mailbox: str) -> str:
    """The address alone of ``Name <address>``."""
    return split_mailbox(mailbox)[1]


def _checked(mailbox: str) -> str:
    try:
        name, _ = split_mailbox(mailbox)
    except PermanentError as error:
        raise ValueError(
            f"{error}; write hello@shop.example or Corner Bakery <hello@shop.example>"
        ) from None
    if not all(letter.isprintable() for letter in name):
        raise ValueError(f"{mailbox!r} holds a character that no header may hold; take it out")
    return mailbox


Mailbox = Annotated[str, AfterValidator(_checked)]
