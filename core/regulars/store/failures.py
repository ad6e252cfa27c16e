"""Errors at the edge of the store, said in one clear line; passwords stay out of them."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from regulars.errors import RegularsError, StoreError, TemporaryError
from regulars.store.dialects import dialect_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def parse_url(url: str) -> URL:
    """``url`` in its parts, with the driver that regulars uses.

    Raises:
        StoreError: it is no URL of a database that regulars keeps stores in.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            "the store's URL can't be read: write it like sqlite:///shop.db "
            "or postgresql://user:password@host/database"
        ) from None
    return dialect_of(parsed.drivername).address(parsed)


def place_of(url: URL) -> str:
    """The store's name for people: host and database, without password and options."""
    name = url.drivername.partition("+")[0]
    if name == "sqlite":
        return f"the store {url.database}"
    return f"the store {URL.create(name, url.username, None, url.host, url.port, url.database)}"


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what a database or disk reports into an error that says what to do.

    Raises:
        TemporaryError: full disk, lost server, locked for too long.
        StoreError: read-only, refused, no such database.
    """
    try:
        yield
    except RegularsError:
        raise
    except Exception as error:
        better = _explain(error, url)
        if better is None:
            raise
        raise better from error


def _explain(error: Exception, url: URL) -> RegularsError | None:
    place = place_of(url)
    if isinstance(error, PoolTimeout):
        return TemporaryError(f"{place} has no free connection: run again later")
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return TemporaryError("the disk is full: make room, then run again")
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return dialect_of(url.drivername).explain(cause, place)
