"""Make purchases.csv and customers.csv from the published CDNOW sample.

    python make_data.py CDNOW_sample.txt

The purchases are the published rows in their order; names and addresses are invented, the same
ones every time. Standard library only.
"""

from __future__ import annotations

import csv
import random
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEED = 1997
NAMES = """
Aaron Abigail Adam Alice Amanda Amy Andrea Andrew Angela Anna Anthony Barbara Benjamin Beth Brian
Carla Carmen Carol Catherine Charles Cheryl Christine Claire Craig Cynthia Daniel David Deborah
Denise Diana Donald Donna Dorothy Edward Elaine Elena Elizabeth Emily Eric Eugene Evelyn Frances
Frank Gary George Gloria Grace Gregory Hannah Harold Heather Helen Henry Howard Irene Isabel Jack
Jacob James Janet Jason Jeffrey Jennifer Jeremy Jessica Joan Joel John Jonathan Joseph Joyce Juan
Judith Julia Karen Keith Kenneth Kevin Kimberly Kyle Larry Laura Lawrence Linda Lisa Louise Lucy
Luis Marcia Margaret Maria Marie Mark Martha Martin Mary Matthew Megan Melissa Michael Michelle
Monica Nancy Natalie Nathan Nicholas Nicole Nina Norma Oscar Pamela Patricia Patrick Paul Paula
Peter Philip Rachel Ralph Raymond Rebecca Richard Rita Robert Robin Roger Rosa Rose Roy Russell
Ruth Samuel Sandra Sarah Scott Sean Sharon Sheila Simon Sonia Stephanie Stephen Susan Sylvia
Teresa Theodore Thomas Timothy Tina Tracy Valerie Vanessa Victor Vincent Virginia Walter Wanda
Wayne Wendy William Yvonne
""".split()


def purchases(lines: Iterable[str]) -> Iterator[list[str]]:
    """Rows of customer id, ISO date, number of CDs and dollars, as published and in that order."""
    for line in lines:
        _master, customer, day, quantity, amount = line.split()
        date = datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007 (a date without a time)
        yield [customer, date.isoformat(), quantity, amount]


def people(customers: Iterable[str]) -> Iterator[list[str]]:
    """An invented first name and address for each customer id."""
    chance = random.Random(SEED)
    for customer in customers:
        name = chance.choice(NAMES)
        yield [customer, name, f"{name.lower()}.{customer}@example.com"]


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one CSV file with Unix line ends, the same on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def make(sample: Path, folder: Path) -> None:
    """Make both files in ``folder`` from the published ``sample``."""
    with sample.open(encoding="ascii") as lines:
        rows = list(purchases(lines))
    customers = dict.fromkeys(row[0] for row in rows)
    write(folder / "purchases.csv", ["customer_id", "date", "quantity", "amount"], rows)
    write(folder / "customers.csv", ["customer_id", "first_name", "email"], people(customers))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python make_data.py CDNOW_sample.txt")
    make(Path(sys.argv[1]), Path(__file__).parent)
