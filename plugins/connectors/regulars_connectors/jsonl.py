"""JSON Lines: one object a line. A nested object's fields have dotted names, as ``address.city``.

Rows are counted as lines. A key that an object lacks is unknown there.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from regulars.errors import SourceError
from regulars.hooks import Batch, ConnectorKind, Rejected, Settings, SourcePart, hookimpl

from .files import find_files, is_utf16, part, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BATCH = 10_000  # lines
LONGEST_LINE = 8 << 20  # bytes
MOST_COLUMNS = 1_000
DEEPEST = 20  # nested objects


class JsonlSettings(Settings):
    """Which files."""

    path: Annotated[str, Field(min_length=1, description="a file or a glob, beside the playbook")]


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode


def _object(line: bytes) -> dict[str, Any]:
    """The object on a line; ``ValueError`` says why there is none."""
    try:
        value = _decode(line.decode().rstrip())
    except UnicodeDecodeError:
        raise ValueError("is not valid utf-8") from None
    except RecursionError:
        raise ValueError("is nested too deep") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at column {error.colno}") from None
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object; write one {…} a line")  # noqa: TRY004 (a bad row)
    if any(isinstance(field, dict) for field in value.values()):
        return dict(_flat(value, "", DEEPEST))
    return value


def _flat(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    if not depth:
        raise ValueError("is nested too deep")
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _flat(item, f"{prefix}{name}.", depth - 1)
        else:
            yield f"{prefix}{name}", item


def _lines(file: Path, name: str) -> Iterator[tuple[int, bytes]]:
    try:
        with file.open("rb") as lines:
            if is_utf16(lines.peek(2)):
                raise SourceError(f"{name} is UTF-16 text; save it as UTF-8, as JSON Lines are")
            number = 0
            while line := lines.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise SourceError(
                        f"{name}, row {number}: is longer than {LONGEST_LINE >> 20} MB; "
                        "write one object a line"
                    )
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    except OSError as error:
        raise unreadable(name, error) from None


def _batches(file: Path, name: str, _cursor: Any) -> Iterator[Batch]:
    objects: list[dict[str, Any]] = []
    numbers: list[int] = []
    rejected: list[Rejected] = []
    for number, line in _lines(file, name):
        if not line.strip():
            continue
        try:
            objects.append(_object(line))
            numbers.append(number)
        except ValueError as error:
            rejected.append(Rejected(number, str(error)))
        if len(objects) + len(rejected) >= BATCH:
            yield _batch(name, objects, numbers, rejected)
            objects, numbers, rejected = [], [], []
    if objects or rejected:
        yield _batch(name, objects, numbers, rejected)


def _batch(
    name: str, objects: list[dict[str, Any]], numbers: list[int], rejected: list[Rejected]
) -> Batch:
    columns = tuple(dict.fromkeys(chain.from_iterable(objects)))
    if len(columns) > MOST_COLUMNS:
        raise SourceError(
            f"{name} has more than {MOST_COLUMNS:,} different keys; "
            "check that its objects are rows of one kind"
        )
    rows = [[item.get(column) for column in columns] for item in objects]
    return Batch(columns, rows, numbers, tuple(rejected), sparse=True)


@contextmanager
def open_jsonl(config: JsonlSettings, folder: Path) -> Iterator[Iterable[SourcePart]]:
    """One part a file, sorted by name."""
    yield (part(file, folder, _batches) for file in find_files(config.path, folder))


@hookimpl
def regulars_connectors() -> Iterable[ConnectorKind]:
    """Offer ``use: jsonl``."""
    yield ConnectorKind("jsonl", "Objects of JSON Lines files", JsonlSettings, open_jsonl)
