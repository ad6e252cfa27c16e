"""A customer's story for people: short lines in the order in which things are known and done."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from regulars.playbook.policy import HOLDOUT
from regulars.printing import console, one_line
from regulars.segments.words import amount_in_words, number_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from regulars.runs.telling.standing import Standing
    from regulars.runs.why import Passage, Why
    from regulars.segments.explaining import Finding

GROUPS = {"all": "all of", "any": "any of", "none": "none of", "and": "and"}
HOURS = 24  # in a day


def print_why(story: Why, *, whole: bool) -> None:
    """The story on stdout; not ``whole``, only the segments and journeys that it holds."""
    out = console()
    out.print(Text(f"{one_line(story.customer)} as of {_at(story.at)} UTC", "bold"))
    out.print("")
    if whole:
        _section("Known", _facts(story.known))
        _section("Traits", story.traits.items())
        _section("Scores", _scores(story))
    if story.segments:
        out.print(Text("Segments", "bold"))
        for standing in story.segments:
            out.print(_segment(standing))
        out.print("")
    if story.journeys:
        out.print(Text("Journeys", "bold"))
        for passage in story.journeys:
            _print_passage(passage)


def _section(title: str, rows: Iterable[tuple[str, object]]) -> None:
    grid = _grid("  ")
    for name, value in rows:
        grid.add_row("", Text(one_line(name), "dim"), Text(_value(value)))
    if grid.row_count:
        console().print(Text(title, "bold"))
        console().print(grid, "")


def _grid(*first: str) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in first:
        grid.add_column(width=0)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _value(value: object) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return str(value).lower()
        case Decimal():
            return amount_in_words(value)
        case float():
            return number_in_words(value)
        case tuple() | list():
            return ", ".join(map(_item, value))
    return one_line(value)


def _item(value: object) -> str:
    """One of a list; quoted where its own commas could be taken for those of the list."""
    told = one_line(value)
    return f'"{told}"' if "," in told else told


# ------------------------------------------------------------------ what is known


def _facts(known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in known["profile"].items():
        if value is not None:
            yield name, _value(value)
    yield "zone", known["zone"]
    for row in known["events"]:
        span = f"{_at(row['first'])} … {_at(row['last'])}"
        span = _at(row["first"]) if row["count"] == 1 else span
        yield row["event"], f"{row['count']:,} from {row['source']}: {span}"
    if not known["events"]:
        yield "events", "none"
    for row in known["consents"]:
        topic, channel = row["topic"] or "everything", row["channel"] or "every channel"
        said = "yes" if row["granted"] else "no"
        yield "consent", f"{said} to {topic} on {channel}, {_at(row['at'])}"
    for row in known["addresses"]:
        stopped = f", suppressed: {row['suppressed']}" if row["suppressed"] else ""
        yield row["channel"], f"{_address(row['address'])}{stopped}"
    if known["holdout"] is not None:
        held = "in it: never written to, always measured" if known["holdout"] else "not in it"
        yield "holdout", held
    for row in known["experiments"]:
        if row["experiment"] != HOLDOUT:
            yield row["experiment"], f"arm {row['arm']} since {_at(row['at'])}"


def _address(address: str | None) -> str:
    return "no address" if address is None else one_line(address)


# ------------------------------------------------------------------ scores


def _scores(story: Why) -> Iterator[tuple[str, str]]:
    """Each score, and below it what moved it most; last the models that failed to say so."""
    for model, values in story.scores.items():
        typical = story.explained.typical.get(model, {})
        reasons = story.explained.reasons.get(model, {})
        for score, value in values.items():
            usual = f"; of a typical customer {_value(typical[score])}" if score in typical else ""
            yield f"{model}.{score}", _value(value) + usual
            for reason in reasons.get(score, ()):
                moved = _days(reason.by) if isinstance(value, datetime) else _moved(reason.by)
                yield "", f"{moved}  {one_line(reason.what)}"
    for model, why_not in story.explained.unexplained.items():
        yield f"{model} isn't explained", why_not


def _moved(by: float) -> str:
    shown = number_in_words(by)
    return f"+{shown}" if by > 0 and shown[0].isdigit() else shown


def _days(by: float) -> str:
    """``by`` days in words, in hours where it is less than one."""
    count, unit = (by, "day") if abs(by) >= 1 else (by * HOURS, "hour")
    shown = f"{count:+,.1f}".removesuffix(".0")
    return f"{shown} {unit}" if shown in {"+1", "-1"} else f"{shown} {unit}s"


# ------------------------------------------------------------------ segments


def _segment(standing: Standing) -> Tree:
    tree = Tree(_line(standing.inside, standing.segment, _standing(standing)), guide_style="dim")
    _branch(tree, standing.finding)
    return tree


def _standing(standing: Standing) -> str:
    changes = standing.changes
    edited = ", when it was new or edited" if changes and changes[-1]["by_edit"] else ""
    if standing.since is not None:
        told = f"inside since {_at(standing.since)}{edited}"
    else:
        told = f"left {_at(changes[-1]['at'])}{edited}" if changes else "never inside"
    before = len(changes) - 1
    told += f" ({before} {'change' if before == 1 else 'changes'} before)" if before > 0 else ""
    if standing.finding.holds != standing.inside:
        told += f"; the next run lets them {'in' if standing.finding.holds else 'out'}"
    return told


def _branch(tree: Tree, finding: Finding) -> None:
    """Add ``finding`` below ``tree``; a bracket around all of a segment needs no line."""
    if finding.words == "and":
        for inner in finding.inner:
            _branch(tree, inner)
        return
    words = GROUPS.get(finding.words, one_line(finding.words))
    below = tree.add(_line(finding.holds, words, one_line(finding.actual)))
    for inner in finding.inner:
        _branch(below, inner)


def _line(holds: bool, words: str, said: str) -> Text:  # noqa: FBT001 (what the mark shows)
    mark = ("✓ ", "green") if holds else ("✗ ", "red")
    return Text.assemble(mark, words, (": " if said else "", "dim"), said)


# ------------------------------------------------------------------ journeys


def _print_passage(passage: Passage) -> None:
    out = console()
    out.print(Text(f"  {passage.journey}"))
    lines = _grid("  ", "  ")
    for entry in passage.entries:
        for at, told in _lines(entry):
            lines.add_row("", "", Text(_at(at), "dim"), Text(told))
    if lines.row_count:
        out.print(lines)
    not_in = _grid("  ", "  ")
    for place, reason in enumerate(passage.why_not):
        not_in.add_row(
            "", "", Text("not in it" if place == 0 else "", "dim"), Text(one_line(reason))
        )
    if not_in.row_count:
        out.print(not_in)
    out.print("")


def _lines(entry: Mapping[str, Any]) -> Sequence[tuple[datetime, str]]:
    """What happened in one entry, in order."""
    lines = [(entry["entered_at"], f"entered: {_by(entry)}")]
    sent = {message["step"]: message for message in entry["messages"]}
    for step in entry["steps"]:
        message = sent.pop(step["step"], None)
        lines += [(step["at"], _step(step))] if message is None else _of_message(message)
    for message in sent.values():
        lines += _of_message(message)
    if entry["goal_at"] is not None:
        lines.append((entry["goal_at"], "goal reached"))
    if entry["stands"] is not None:
        stands = entry["stands"]
        lines.append((stands["arrived_at"], f"{stands['step']}: {one_line(stands['waits'])}"))
    if entry["ended_at"] is not None:
        reason = f": {entry['reason']}" if entry["reason"] else ""
        lines.append((entry["ended_at"], f"{entry['state']}{reason}"))
    return sorted(lines, key=lambda line: line[0])


def _by(entry: Mapping[str, Any]) -> str:
    """``order`` or ``enters slipping``, and when that was if it was before."""
    by = entry["by"]
    what = by.get("event") or ", ".join(f"{word} {value}" for word, value in by.items())
    before = entry["occurred_at"] != entry["entered_at"]
    return one_line(f"{what}, {_at(entry['occurred_at'])}" if before else what)


def _step(step: Mapping[str, Any]) -> str:
    return step["step"] if step["outcome"] == "done" else f"{step['step']}: {step['outcome']}"


def _of_message(message: Mapping[str, Any]) -> Iterator[tuple[datetime, str]]:
    """What became of a message, and what its provider reported."""
    yield message["settled_at"] or message["planned_at"], _message(message)
    for row in message["feedback"]:
        yield row["time"], f"{one_line(row['event'])}: {message['message']}"


def _message(message: Mapping[str, Any]) -> str:
    reason = f" ({message['reason']})" if message["reason"] else ""
    to = f" to {message['address']} by {message['channel']}" if message["address"] else ""
    step = "" if message["step"] == message["message"] else f"{message['step']}: "
    told = f"{step}{message['message']} {message['state']}{reason}{to}"
    said = [message["why"]]
    if message["detail"] and message["detail"] != message["why"]:
        said.append(message["detail"])
    if message["attempts"] > 1:
        said.append(f"{message['attempts']} attempts")
    if message["provider_id"]:
        said.append(f"the provider calls it {message['provider_id']}")
    return one_line("; ".join([told, *(text for text in said if text)]))
