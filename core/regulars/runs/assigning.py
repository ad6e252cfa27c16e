"""Assigning: the arm that an experiment gives to any id, be there such a customer or not."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from regulars.batches import batches
from regulars.customers.samples import share_of
from regulars.customers.shapes import draws_of
from regulars.customers.shares import stable_share, threshold
from regulars.errors import StoreError
from regulars.experiments.probabilities import probabilities
from regulars.experiments.ranges import Ranges
from regulars.playbook.policy import HOLDOUT, HOLDOUT_SEED
from regulars.store import tables

from .reading import NothingHasRunError, stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from regulars.playbook.experiments import Experiment
    from regulars.playbook.loading import Loaded
    from regulars.playbook.playbook import Playbook

AT_ONCE = 1_000  # ids in one question to the store


def assign(loaded: Loaded, name: str, ids: Sequence[str]) -> dict[str, str | None]:
    """The arm of each of ``ids`` in the experiment ``name``; None for those who take no part.

    An id is a customer's, or a value of the attribute where the experiment has a unit; the holdout
    is known of customers alone. Who was given an arm before has that one while the playbook has it,
    and takes no part after that.

    Raises:
        StoreError: there is no such experiment, or the store can't be read.
    """
    playbook = loaded.playbook
    if name == HOLDOUT and playbook.policy.holdout is not None:
        raise StoreError(
            "the holdout gives no arms out; ask an experiment, or whether one customer is held "
            "out: regulars why PLAYBOOK CUSTOMER"
        )
    if name not in playbook.experiments:
        known = ", ".join(playbook.experiments) or "none"
        raise StoreError(f"unknown experiment '{name}'; there are: {known}")
    experiment = playbook.experiments[name]
    shares: Mapping[str, float] = experiment.shares()
    given: dict[str, str] = {}
    with ExitStack() as stack:
        try:
            store = stack.enter_context(stored(loaded))
        except NothingHasRunError:
            pass  # then nobody was given an arm yet
        else:
            connection = stack.enter_context(store.reading())
            shares = probabilities(connection, name, experiment)
            given = _given(connection, name, experiment, ids)
    ranges = Ranges.of(name, experiment, shares)
    return {
        id_: None if _held_out(playbook, experiment, id_) else _arm(ranges, given, id_)
        for id_ in ids
    }


def _arm(ranges: Ranges, given: Mapping[str, str], id_: str) -> str | None:
    before = given.get(id_)
    if before is None:
        return ranges.arm(id_)
    return before if before in ranges.arms else None


def _held_out(playbook: Playbook, experiment: Experiment, id_: str) -> bool:
    share = playbook.policy.holdout
    if share is None or experiment.unit is not None:
        return False
    return stable_share(HOLDOUT_SEED, id_) < threshold(share.share)


def _given(
    connection: Connection, name: str, experiment: Experiment, ids: Sequence[str]
) -> dict[str, str]:
    """Those of ``ids`` who were given an arm before, each with it."""
    exposures, customers = tables.exposures, tables.customers
    arms = select(exposures.c.arm).where(exposures.c.experiment == name)
    words: dict[Any, str]
    column: ColumnElement[Any]
    if experiment.unit is None:
        column, words = customers.c.key, {id_: id_ for id_ in ids}
        arms = arms.join(customers, customers.c.id == exposures.c.customer)
    else:
        column = exposures.c.unit_share
        words = {share_of(draws_of(name, experiment)[1], id_): id_ for id_ in ids}
    given: dict[str, str] = {}
    standing = experiment.variables()
    for keys in batches(words, AT_ONCE):
        these = arms.add_columns(column).where(column.in_(keys))
        for arm, key in connection.execute(these):
            if given.get(words[key]) not in standing:  # an arm of the unit that stands counts
                given[words[key]] = arm
    return given
