"""Samples of what a plan would send: to whom, and the beginning of what they would read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from regulars.playbook.secrets import redact
from regulars.printing import console, one_line, print_title

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from rich.console import Console

    from regulars.delivery.rehearsing import Sample
    from regulars.hooks import Outgoing

LINES = 15  # of a message's text


def print_samples(samples: Sequence[Sample], secrets: Collection[str]) -> None:
    """Each sample on stdout: the address, the channel, the subject, the beginning of the text."""
    if samples:
        print_title("Samples")
    for sample in samples:
        lines = [redact(line, secrets) for line in _said(sample.message)]
        console().print(_head(sample, secrets))
        console().print(_body(lines))
        console().print("")


def _head(sample: Sample, secrets: Collection[str]) -> Padding:
    message = sample.message
    head = Table.grid(padding=(0, 2, 0, 0))
    head.add_column(style="dim", no_wrap=True)
    head.add_column(overflow="fold")
    to = f"{message.address} by {sample.channel}"
    for word, said in (("message", message.message), ("to", to), ("subject", message.subject)):
        if said:
            head.add_row(Text(word), Text(one_line(redact(said, secrets))))
    return Padding(head, (0, 0, 0, 2))


def _body(lines: Sequence[str]) -> Text:
    """The beginning of what is read, beside a line."""
    out, bar = console(), Text("  │ ", "dim")
    shown = [*lines[:LINES], "…"] if len(lines) > LINES else lines
    wrapped = (part for line in shown for part in _wrapped(out, one_line(line)))
    return Text("\n").join(bar + part for part in wrapped)


def _wrapped(out: Console, line: str) -> Iterable[Text]:
    return Text(line).wrap(out, max(20, out.width - 4)) or [Text()]


def _said(message: Outgoing) -> Iterator[str]:
    """The lines of the text part, or the fields of a message that is data."""
    if message.medium == "data":
        yield from (f"{name}: {value}" for name, value in message.data.items())
    else:
        yield from message.text.strip("\n").splitlines()
