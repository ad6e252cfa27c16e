"""Reasons: what is wrong with a row, in the words that a person will read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def of_field(field: str) -> Iterator[None]:
    """Put the field's name before whatever is wrong with its values."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{field}: {error}") from None
    except TypeError:
        raise ValueError(f"{field}: is not a single value") from None
