"""Loading: files of feedback into the store, batch by batch, with what had to be refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regulars.batches import batches
from regulars.signing import signing_key

from .files import read_file
from .recording import Recorded, Recording
from .reports import Ignored, Refused, Report
from .resolving import learn_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from regulars.playbook.playbook import Playbook
    from regulars.store import Store

    from .files import Form
    from .reports import Found

BATCH = 1_000  # reports in one transaction
MOST_SHOWN = 1_000  # refused ones that are kept with their reason

Numbered = tuple[str, int, "Found"]


@dataclass(frozen=True)
class Rejected:
    """One line of a file, or one message of a mailbox, that can't be used."""

    file: str
    line: int
    reason: str


@dataclass
class Feedback:
    """What came of some files.

    ``rejected`` are counted all, and kept with their reason up to 1,000 (``rejects``).
    """

    recorded: Recorded = field(default_factory=Recorded)
    ignored: int = 0
    rejected: int = 0
    rejects: list[Rejected] = field(default_factory=list)

    def reject(self, file: str, line: int, refused: Refused) -> None:
        """Count what can't be used."""
        self.rejected += 1
        if len(self.rejects) < MOST_SHOWN:
            self.rejects.append(Rejected(file, line, refused.reason))

    def as_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        recorded = self.recorded
        return {
            "events": dict(sorted(recorded.events.items())),
            "repeated": recorded.repeated,
            "ignored": self.ignored,
            "settled": dict(sorted(recorded.settled.items())),
            "suppressed": recorded.suppressed,
            "unsubscribed": recorded.refusals,
            "rejected": self.rejected,
            "rejects": [vars(one) for one in self.rejects],
        }


def load_feedback(
    store: Store,
    playbook: Playbook,
    files: Sequence[Path],
    now: datetime,
    form: Form | None = None,
) -> Feedback:
    """Record what ``files`` say of the playbook's messages, also while a run goes on.

    Each batch is kept or not as a whole; after an interruption the same files can be loaded again.

    Raises:
        OSError: a file can't be read.
        StoreError, TemporaryError: the store can't be used.
    """
    feedback = Feedback()
    recording = Recording(
        store, playbook, now, signing_key(playbook, make=False), feedback.recorded
    )
    learn_keys(store, playbook.id)
    for batch in batches(_all(playbook, files, form), BATCH):
        _record(recording, batch, feedback)
    return feedback


def _record(recording: Recording, batch: Sequence[Numbered], feedback: Feedback) -> None:
    reports = [found for _, _, found in batch if isinstance(found, Report)]
    answers = iter(recording.record(reports) if reports else ())
    for file, line, found in batch:
        said = next(answers) if isinstance(found, Report) else found
        feedback.ignored += isinstance(said, Ignored)
        if isinstance(said, Refused):
            feedback.reject(file, line, said)


def _all(playbook: Playbook, files: Iterable[Path], form: Form | None) -> Iterator[Numbered]:
    for path in files:
        for line, found in read_file(path, playbook.timezone, form):
            yield str(path), line, found
