"""What can go wrong, and what the caller should do about it.

    RegularsError
    ├── PlaybookError     fix the playbook or its files; exit status 2, don't retry
    ├── SourceError       fix the data that a source delivers; exit status 2
    ├── StoreError        the store can't be used as it is; exit status 2
    ├── PluginError       report it to the plugin's author; exit status 2
    ├── BusyError         another run holds this playbook; exit status 3
    ├── TemporaryError    try again later; exit status 1
    ├── PermanentError    this message can never be sent; exit status 1
    ├── RenderError       this template fails for this customer (messages/failures.py)
    └── UnknownOutcome    nobody can say whether this message was sent; exit status 1

A message says what is wrong and then what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class RegularsError(Exception):
    """The root: anything that regulars raises on purpose."""

    exit_status = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in a playbook, with its place.

    ``line`` and ``column`` count from 1; 0 means the whole file.
    """

    file: str
    line: int
    column: int
    path: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.reason}" if self.path else f"{place}: {self.reason}"


class PlaybookError(RegularsError):
    """Everything that is wrong with one playbook, all at once."""

    exit_status = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SourceError(RegularsError):
    """A source's data can't be loaded; nothing of it was kept.

    ``source`` is its name in the playbook, where it is known.
    """

    exit_status = 2

    def __init__(self, message: str, *, source: str | None = None) -> None:
        self.source = source
        super().__init__(message)


class StoreError(RegularsError):
    """The store can't be used: another version, another playbook, no such place."""

    exit_status = 2


class PluginError(RegularsError):
    """A plugin failed; the message names it with its distribution and version."""

    exit_status = 2


class BusyError(RegularsError):
    """Another run holds this playbook."""

    exit_status = 3


class TemporaryError(RegularsError):
    """It may work later: a server is away, a disk is full, a mailbox is greylisted."""


class PermanentError(RegularsError):
    """This message will never be sent as it is.

    ``suppress`` says that the address itself is dead and must not be used again.
    """

    def __init__(self, message: str, *, suppress: bool = False) -> None:
        self.suppress = suppress
        super().__init__(message)


class UnknownOutcome(RegularsError):  # noqa: N818 (it is a state, not a failure)
    """The provider may or may not have accepted the message; it is not sent again."""
