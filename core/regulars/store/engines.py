"""Connecting to the database behind a URL."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from regulars.errors import StoreError
from regulars.store.dialects import dialect_of
from regulars.store.failures import parse_url, place_of

if TYPE_CHECKING:
    from sqlalchemy import Engine


def open_engine(url: str) -> Engine:
    """The engine of ``url``, set up as regulars needs it; nothing is connected yet.

    Raises:
        StoreError: no store can be there, its driver or its folder is missing.
    """
    parsed = parse_url(url)
    dialect = dialect_of(parsed.drivername)
    try:
        import_module(dialect.DRIVER)
    except ImportError:
        raise StoreError(
            f"{place_of(parsed)} needs a driver that is not installed: "
            f"pip install 'regulars[{dialect.EXTRA}]'"
        ) from None
    if parsed.drivername.startswith("sqlite"):
        _make_folder(Path(parsed.database or ""), place_of(parsed))
    engine = create_engine(parsed, max_overflow=-1, **dialect.options())
    dialect.prepare(engine)
    return engine


def _make_folder(path: Path, place: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)  # only the last: a mistyped path makes no tree
    except OSError as error:
        raise StoreError(
            f"{place} can't be made ({error.strerror}): choose a folder that is yours"
        ) from error
