"""CDNOW as everybody measures it: the first 39 weeks to learn from, the next 39 to be right on."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from regulars_models.btyd.compression import Rows, compress
from regulars_models.btyd.summary import Summary, summarise

if TYPE_CHECKING:
    from numpy.typing import NDArray

PURCHASES = Path(__file__).parents[3] / "examples" / "cdnow" / "purchases.csv"
UTC_ZONE = ZoneInfo("UTC")


def day(text: str) -> int:
    """Midnight UTC in microseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@dataclass(frozen=True)
class Cdnow:
    summary: Summary
    rows: Rows
    later: NDArray[np.float64]  # purchase days of each customer in the holdout


@cache
def cdnow() -> Cdnow:
    """What was bought until 1997-09-30, summarised, and after it until 1998-06-30, counted."""
    with PURCHASES.open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    who = np.array([int(row["customer_id"]) for row in read])
    at = np.array([day(row["date"]) for row in read])
    amount = np.array([float(row["amount"]) for row in read])
    first = summarise(who, at, amount, day("1997-09-30"), UTC_ZONE)
    both = summarise(who, at, amount, day("1998-06-30"), UTC_ZONE)
    assert (first.customer == both.customer).all()
    return Cdnow(first, compress(first.history), both.repeats - first.repeats)
