"""Play on: what the customers of the Corner Bakery do once they have read their mail.

    python play_on.py FOLDER 2026-03-05

writes ``data/orders-….csv`` beside the playbook in ``FOLDER``, a file for each day since the last
one that is there (the first is 1 March 2026) and before that day. It reads ``outbox/``, as a
customer reads their mail: what a message says changes how often they order in the two weeks after
it. ``EFFECTS`` are these changes, planted for the playbook's experiments to find. Which experiment
or arm a message belongs to, this script doesn't know. Standard library only.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.header import decode_header, make_header
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulate import Person

REMEMBERED = timedelta(days=14)  # how long a message works
REMINDED = 0.03  # of those who stopped coming, so many come on a day after a friendly reminder
NEAR = 2.0  # kilometres from the Pearl that somebody walks in the evening


@dataclass(frozen=True)
class Effect:
    """Who reads ``words`` orders ``times`` as often; only those who live near, where it says so.

    ``brings_back`` also those who had stopped coming.
    """

    words: str
    times: float = 1.0
    near_only: bool = False
    brings_back: bool = False


EFFECTS = (
    Effect("is waiting", brings_back=True),
    Effect("we kept you a", brings_back=True),
    Effect("coffee is on us", 1.8, brings_back=True),  # a winner
    Effect("your points, and what is in the oven"),  # nothing
    Effect("only this weekend", 0.7),  # a loser
    Effect("open until nine", 2.4, near_only=True),  # good for some, nothing to the others
)


@dataclass
class Letters:
    """What each customer was told and on which day, as far as it changes anything.

    ``read`` looks only at what is new in the outbox since it was asked last.
    """

    outbox: Path
    by_customer: dict[str, list[tuple[date, Effect]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    seen: set[str] = field(default_factory=set)

    def read(self) -> None:
        """Open the letters that came since."""
        for folder in sorted(self.outbox.glob("*Z-*")):
            if folder.name not in self.seen:
                self.seen.add(folder.name)
                came = datetime.fromisoformat(folder.name.split("-")[0])
                day = came.astimezone(simulate.HOME).date()
                for letter in sorted(folder.iterdir()):
                    self._open(letter, day)

    def _open(self, letter: Path, day: date) -> None:
        customer, said = letter.name.split("-")[0], words(letter)
        self.by_customer[customer] += [(day, each) for each in EFFECTS if each.words in said]

    def remembered(self, who: Person, today: date) -> set[Effect]:
        """What still works on a customer; a message works from the day after it came."""
        letters = self.by_customer.get(who.id, ())
        return {each for day, each in letters if day < today <= day + REMEMBERED}


def words(letter: Path) -> str:
    """The subject of an e-mail, or a text message, in small letters."""
    content = letter.read_bytes()
    if letter.suffix == ".eml":
        head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
        subject = next(line for line in head if line.startswith(b"Subject:"))
        content = str(make_header(decode_header(subject[8:].decode()))).encode()
    return content.decode().lower()


def near(who: Person) -> bool:
    """Whether it is an easy walk to the Pearl; a degree is 111 km, or 78 from west to east."""
    north, east = (a - b for a, b in zip(who.home, simulate.STORES["Pearl"], strict=True))
    return (north * 111.2) ** 2 + (east * 78.0) ** 2 <= NEAR**2


def appetite(who: Person, today: date, told: set[Effect]) -> float:
    """The chance that somebody orders today."""
    if today <= who.until:
        often = 1 / who.gap * (3 if today.weekday() == who.weekday else 2 / 3)
    else:
        often = REMINDED if any(each.brings_back for each in told) else 0.0
    for each in told:
        if near(who) or not each.near_only:
            often *= each.times
    return often


def orders(
    people: list[Person], letters: Letters, today: date, seed: int
) -> Iterator[dict[str, Any]]:
    """The orders of one day, the same ones for the same letters."""
    chance = random.Random(f"{seed} {today}")
    for who in people:
        if chance.random() < appetite(who, today, letters.remembered(who, today)):
            details = random.Random(f"{seed} {today} {who.id}")
            number = f"{today:%y%m%d}-{who.id}"
            yield {"order_no": number, **simulate.order(who, today, details)}


@dataclass
class Town:
    """The people of ``seed``, who get the letters in the outbox of ``folder`` and order."""

    folder: Path
    seed: int = simulate.SEED
    customers: int = simulate.CUSTOMERS
    people: list[Person] = field(init=False)
    letters: Letters = field(init=False)

    def __post_init__(self) -> None:
        self.people = simulate.everybody(random.Random(self.seed), self.customers)
        self.letters = Letters(self.folder / "outbox")

    def play_until(self, day: date) -> None:
        """Write the orders of each day before ``day`` that has none yet."""
        self.letters.read()
        today = simulate.CLOSED
        while (today := today + timedelta(days=1)) < day:
            path = self.folder / "data" / f"orders-{today}.csv"
            if not path.exists():
                bought = list(orders(self.people, self.letters, today, self.seed))
                if bought:
                    simulate.write_csv(path, bought)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python play_on.py FOLDER DAY")
    Town(Path(sys.argv[1])).play_until(date.fromisoformat(sys.argv[2]))
