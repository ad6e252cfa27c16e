"""Measure what others take for the same work: django-drip-campaigns, and a pandas script.

    python bench/peers.py [--users N] [--customers N] [--events N] [--json FILE] [--keep FOLDER]

The drip: of ``users``, those who joined long ago and were not seen for a month get one message,
from SQLite to a channel that throws it away; then the same is asked again. The segments: those of
engine.yaml over its world, first from nothing, then with the events of one more day. Everything is
measured as a whole process; both sides must have written to the same people, and put the same
people into the same segments. The others live in an environment of their own, build/next-to,
which is made when it isn't there; PEERS names another Python that has them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import venv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measuring import Process, Result, Row, benchmark, machine, measured, regulars, table

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
NEEDED = ("django-drip-campaigns", "pandas")
SEED = 7_000
FIRST, NEXT = "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"
STORE = ".regulars/engine.db"
SENT = {
    "regulars": ".regulars/drip.db",
    "django": "drip.sqlite3",
}
OF_MESSAGES = ("deliveries", "entries", "steps")
ADDRESSES = {
    "regulars": "SELECT address FROM deliveries WHERE state = 'sent'",
    "django": "SELECT email FROM drip_sentdrip d JOIN auth_user u ON u.id = d.user_id",
}


def python_of_peers() -> str:
    """The Python of an environment that has them."""
    named = os.environ.get("PEERS")
    if named:
        return named
    place = HERE.parent / "build/next-to"
    python = place / "bin/python"
    if not (place / "ready").exists():
        print(f"Installing {' and '.join(NEEDED)} into {place}", file=sys.stderr)
        venv.create(place, with_pip=True, clear=True)
        command = (python, "-m", "pip", "--disable-pip-version-check", "-q", "install", *NEEDED)
        subprocess.run(command, check=True)
        (place / "ready").touch()
    return str(python)


def versions(python: str) -> dict[str, str]:
    said = "import json, sys; from importlib.metadata import version; "
    said += "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    found: dict[str, str] = measured(HERE, "-c", said, *NEEDED, "django", python=python).answer
    return found


def lines(*names: str, until: str | None = None) -> int:
    """Lines of our files that somebody wrote: no blank ones, no comments, no docstrings."""
    text = "\n".join((HERE / name).read_text() for name in names)
    text = re.sub(r'""".*?"""', "", text.split(until)[0] if until else text, flags=re.DOTALL)
    return sum(1 for line in text.splitlines() if line.strip() and line.strip()[0] != "#")


def figures(process: Process) -> dict[str, Any]:
    taken = {"seconds": process.seconds, "cpu_seconds": process.cpu_seconds}
    return taken | {"peak_mb": process.peak_mb}


# ---------------------------------------------------------------------------- the drip


def users(count: int, now: datetime) -> Iterator[str]:
    """Customers whose days are half a day away from any that a rule could turn on."""
    chance = np.random.default_rng(SEED)
    yield "id,email,first_name,joined,last_login\n"
    joined, seen = chance.integers(0, 365, count).tolist(), chance.integers(0, 35, count).tolist()
    for number, days in enumerate(zip(joined, seen, strict=True)):
        times = ",".join((now - timedelta(days=day + 0.5)).isoformat() for day in days)
        yield f"u{number},user{number}@example.com,User{number % 997},{times}\n"


def drip_folder(folder: Path, count: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("peers_drip.yaml", "null_channel.py"):
        shutil.copy(HERE / name, folder)
    shutil.copy(HERE / "peers_drip.html.j2", folder / "drip.html.j2")
    with (folder / "customers.csv").open("w") as file:
        file.writelines(users(count, datetime.now(UTC).replace(microsecond=0)))


def drip(folder: Path, count: int, python: str) -> Result:
    """Both do it, and both are asked once more; the other also in one transaction."""
    drip_folder(folder, count)
    ours = [regulars(folder, "run", "peers_drip.yaml", "--json") for _ in range(2)]
    said = set(addresses(folder, "regulars"))
    result: Result = {
        "regulars": {
            "sent": ours[0].answer["decisions"]["sent"],
            "sent_again": ours[1].answer["decisions"]["sent"],
            "again": figures(ours[1]),
            "parts": ours[0].answer["seconds"],
            "bytes": (folder / SENT["regulars"]).stat().st_size,
            "bytes_each": bytes_each(folder),
            "lines": lines("peers_drip.yaml", "peers_drip.html.j2"),
            **figures(ours[0]),
        }
    }
    for name, how in {"django": (), "django_together": ("in-one-transaction",)}.items():
        result[name] = of_django(folder, python, *how)
        assert set(addresses(folder, "django")) == said, "not the same people"
    return result


def of_django(folder: Path, python: str, *how: str) -> Result:
    script = str(HERE / "peers_drip.py")
    (folder / SENT["django"]).unlink(missing_ok=True)
    subprocess.run([python, script, "make", str(folder)], check=True)
    sent, again = (measured(folder, script, "send", ".", *how, python=python) for _ in range(2))
    return {
        "sent": sent.answer["sent"],
        "sent_again": again.answer["sent"],
        "again": figures(again),
        "bytes": (folder / SENT["django"]).stat().st_size,
        "lines": lines("peers_drip.py", "peers_drip.html.j2"),
        **figures(sent),
    }


def bytes_each(folder: Path) -> float:
    """What one message leaves in our store: the rows of its delivery and entry, with indexes."""
    with sqlite3.connect(folder / SENT["regulars"]) as store:
        (count,) = store.execute("SELECT COUNT(*) FROM deliveries").fetchone()
        store.execute("VACUUM INTO ?", (str(folder / "whole.db"),))
    whole = (folder / "whole.db").stat().st_size
    with sqlite3.connect(folder / "whole.db", isolation_level=None) as copy:
        for name in OF_MESSAGES:
            copy.execute(f"DELETE FROM {name}")
        copy.execute("VACUUM")
    rest = (folder / "whole.db").stat().st_size
    (folder / "whole.db").unlink()
    return (whole - rest) / int(count)


def addresses(folder: Path, whose: str) -> list[str]:
    with sqlite3.connect(folder / SENT[whose]) as store:
        return [address for (address,) in store.execute(ADDRESSES[whose])]


# ------------------------------------------------------------------------ the segments


def segments(folder: Path, customers: int, events: int, python: str) -> Result:
    shutil.rmtree(folder, ignore_errors=True)
    made = (HERE / "engine_world.py", folder, customers, events)
    subprocess.run([sys.executable, *map(str, made)], check=True)
    result: Result = {
        "lines": {
            "regulars": lines("engine.yaml", until="\nchannels:"),
            "pandas": lines("peers_segments.py"),
        }
    }
    for name, at in {"first": FIRST, "next": NEXT}.items():
        if at == NEXT:
            (folder / "next.csv").rename(folder / "events-2.csv")
        ours = regulars(folder, "run", "engine.yaml", "--at", at, "--json")
        script = str(HERE / "peers_segments.py")
        theirs = measured(folder, script, ".", at, python=python)
        result[name] = {
            "regulars": {**figures(ours), "parts": ours.answer["seconds"]},
            "pandas": {**figures(theirs), "parts": theirs.answer},
            "members": same_members(folder),
            "by_hand_seconds": by_hand(folder, at),
        }
    return result


def by_hand(folder: Path, at: str) -> float:
    """The statement that a person wrote for our store; it counts the members and keeps nothing."""
    script = str(HERE / "engine_by_hand.py")
    seconds: float = measured(folder, script, STORE, at).answer["seconds"]
    return seconds


def same_members(folder: Path) -> int:
    """How many memberships there are, the same ones on both sides."""
    query = """SELECT s.name, c."key" FROM members m
        JOIN segments s ON s.id = m.segment JOIN customers c ON c.id = m.customer"""
    with sqlite3.connect(folder / STORE) as store:
        ours = set(store.execute(query))
    theirs: dict[str, list[str]] = json.loads((folder / "segments.json").read_text())
    others = {(name, customer) for name, inside in theirs.items() for customer in inside}
    assert ours == others, f"they differ: {sorted(ours ^ others)[:5]}"
    return len(ours)


# -------------------------------------------------------------------------------- all


def measure(folder: Path, users: int, customers: int, events: int) -> Result:
    python = python_of_peers()
    return {
        "users": users,
        "customers": customers,
        "events": events,
        "versions": versions(python),
        "drip": drip(folder / "drip", users, python),
        "segments": segments(folder / "segments", customers, events, python),
        "machine": machine(),
    }


def told(result: Result) -> str:
    names = {
        "regulars": "regulars",
        "django": "django-drip-campaigns",
        "django_together": "  in one transaction",
    }
    rows: list[Row] = [("a drip: users", f"{result['users']:,}", "")]
    for key, name in names.items():
        found = result["drip"][key]
        size = f"{found['lines']} lines, a store of {found['bytes'] / 1e6:.0f} MB"
        rows += [
            _row(name, found, f"{found['sent']:,} sent; {size}{_parts(found)}"),
            _row("  asked again", found["again"], f"{found['sent_again']:,} sent"),
        ]
    found = result["segments"]
    customers = f"{result['customers']:,}"
    rows.append(("20 segments: customers", customers, f"{result['events']:,} events"))
    for name in ("regulars", "pandas"):
        first, after = found["first"][name], found["next"][name]
        rows += [
            _row(name, first, f"{found['lines'][name]} lines{_parts(first)}"),
            _row("  one more day", after, f"{result['events'] // 1_000:,} events{_parts(after)}"),
        ]
    for when, name in {"first": "one statement by hand", "next": "  one more day"}.items():
        rows.append((name, f"{found[when]['by_hand_seconds']:.1f} s", "over our store"))
    rows.append(("memberships, the same", f"{found['next']['members']:,}", ""))
    return table(rows)


def _row(name: str, found: dict[str, Any], more: str) -> Row:
    taken = f"{found['cpu_seconds']:.1f} s of processor, {found['peak_mb']:.0f} MB"
    return name, f"{found['seconds']:.1f} s", f"{taken}; {more}"


def _parts(found: dict[str, Any]) -> str:
    """What took some time in it, where the program tells."""
    parts: dict[str, float] = found.get("parts", {})
    return "".join(f"; {name} {taken:.1f}" for name, taken in parts.items() if taken > 0.05)


if __name__ == "__main__":
    sizes = {"users": 100_000, "customers": 100_000, "events": 2_000_000}
    benchmark(__doc__, sizes, measure, told)
