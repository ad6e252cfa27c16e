"""``regulars feedback``: record what providers and readers say of messages that were sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from regulars.printing import print_json, print_table

from .opening import at_option, instant_of, json_option, opened, playbook_argument

if TYPE_CHECKING:
    from regulars.delivery.feedback import Feedback

SHOWN = 20  # rejected lines in the table; --json has more


@click.command("feedback")
@playbook_argument
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE…",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "mailbox"]),
    help="What the files are. Default: what they look like.",
)
@at_option
@json_option
def command(
    playbook: Path, files: tuple[Path, ...], form: str | None, at: str | None, *, as_json: bool
) -> int:
    """Record what FILE… say of the messages of PLAYBOOK: deliveries, clicks, bounces, complaints.

    A file holds JSON lines, or mail: an mbox file, one message, or a Maildir folder with delivery
    reports, complaints and replies. - is standard input. The same file twice changes nothing.
    Exit status 1 says that lines were rejected.
    """
    from regulars.delivery.feedback import load_feedback
    from regulars.delivery.feedback.files import FORMS
    from regulars.runs.reading import stored

    chosen = next((known for known in FORMS if known == form), None)
    with opened(playbook) as loaded, stored(loaded) as store:
        now = instant_of(at, loaded)
        feedback = load_feedback(store, loaded.playbook, files, now, chosen)
    if as_json:
        print_json(feedback.as_json())
    else:
        _print(feedback)
    return int(feedback.rejected > 0)


def _print(feedback: Feedback) -> None:
    recorded = feedback.recorded
    rows: list[tuple[str, int]] = sorted(recorded.events.items())
    counts = {
        "known already": recorded.repeated,
        "of no account": feedback.ignored,
        "addresses suppressed": recorded.suppressed,
        "customers who said no": recorded.refusals,
        "unknown messages that were sent": recorded.settled["sent"],
        "unknown messages that failed": recorded.settled["failed"],
        "rejected": feedback.rejected,
    }
    rows += [(what, count) for what, count in counts.items() if count]
    print_table("Feedback", ["what", "count"], rows)
    if feedback.rejects:
        print_table(
            "Rejected",
            ["file", "line or message", "reason"],
            ([one.file, one.line, one.reason] for one in feedback.rejects[:SHOWN]),
        )
