"""Versions: what a model learned each time, as rows of the store that are never changed."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import delete, insert, select

from regulars.hooks.predictions import Fitted
from regulars.instants import instant
from regulars.store.tables import models

from .backtests.quality import Backtest
from .spread import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData

KEPT = 20  # versions of a model


@dataclass(frozen=True)
class Version:
    """What a model learned ``at`` an instant, by settings with that ``digest``.

    It learned from so many ``customers``, whose events were from ``since`` ``until`` then, None if
    there were none. ``backtest`` is how good it was found by output, or a sentence why it could not
    be tested; ``spread`` how its inputs and scores lay then.
    """

    number: int
    digest: bytes
    at: datetime
    since: datetime | None
    until: datetime | None
    customers: int
    fitted: Fitted
    backtest: Mapping[str, Backtest | str]
    spread: Spread


def newest_version(connection: Connection, name: str) -> Version | None:
    """The version of the model ``name`` that was learned last, if it learned anything yet."""
    query = select(models).where(models.c.name == name).order_by(models.c.version.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return version_of(row._asdict())


def version_of(row: Mapping[str, Any]) -> Version:
    """The version that is kept in ``row``."""
    fitted = Fitted(
        json.loads(row["parameters"]),
        _unpacked(row["arrays"]),
        json.loads(row["diagnostics"]),
        json.loads(row["metrics"]),
        json.loads(row["drivers"]),
    )
    return Version(
        row["version"],
        bytes(row["settings"]),
        instant(row["at"]),
        None if row["since"] is None else instant(row["since"]),
        None if row["until"] is None else instant(row["until"]),
        row["customers"],
        fitted,
        _backtests(json.loads(row["backtest"])),
        Spread.from_json(json.loads(row["spread"])),
    )


def version_row(
    model: PlannedModel, number: int, data: ModelData, fitted: Fitted
) -> dict[str, Any]:
    """The row of a new version, of which there are no ``findings`` yet.

    Raises:
        TypeError, ValueError: what it learned can't be kept.
    """
    since, until = _window(data)
    return {
        "name": model.name,
        "version": number,
        "kind": model.kind.name,
        "settings": model.digest,
        "at": data.now,
        "since": since,
        "until": until,
        "customers": len(data),
        "parameters": _written(fitted.parameters),
        "arrays": _packed(fitted.arrays),
        "diagnostics": _written(fitted.diagnostics),
        "metrics": _written(fitted.metrics),
        "drivers": _written(fitted.drivers),
        **findings({}, Spread()),
    }


def findings(backtests: Mapping[str, Backtest | str], spread: Spread) -> dict[str, str]:
    """What a row says of how good the version is, and of how its numbers lie."""
    kept = {
        name: each if isinstance(each, str) else each.as_json() for name, each in backtests.items()
    }
    return {"backtest": _written(kept), "spread": _written(spread.as_json())}


def keep_version(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep a new version of a model, and let the oldest go: the newest ``KEPT`` stay."""
    connection.execute(insert(models).values(row))
    oldest = row["version"] - KEPT
    connection.execute(
        delete(models).where(models.c.name == row["name"], models.c.version <= oldest)
    )


def _backtests(kept: Mapping[str, Any]) -> dict[str, Backtest | str]:
    return {
        name: each if isinstance(each, str) else Backtest.from_json(each)
        for name, each in kept.items()
    }


def _window(data: ModelData) -> tuple[int | None, int | None]:
    """When the first and the last of the events were that it learned from."""
    read = [events.at for events in data.events.values() if len(events)]
    if not read:
        return None, None
    return min(int(at.min()) for at in read), max(int(at.max()) for at in read)


def _written(values: Mapping[str, Any]) -> str:
    """As JSON; numpy's numbers and arrays become plain ones."""
    return json.dumps(values, default=lambda value: value.tolist(), allow_nan=False)


def _packed(arrays: Mapping[str, NDArray[Any]]) -> bytes | None:
    if not arrays:
        return None
    for name, array in arrays.items():
        if np.asarray(array).dtype.hasobject:
            raise TypeError(f"the array {name} holds objects; keep numbers or fixed text")
    packed = io.BytesIO()
    np.savez_compressed(packed, **cast("Any", arrays))
    return packed.getvalue()


def _unpacked(packed: bytes | None) -> dict[str, NDArray[Any]]:
    if packed is None:
        return {}
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return dict(arrays)
