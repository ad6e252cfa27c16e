"""A glimpse: the customers as a run at an instant would see them, leaving no trace."""

from __future__ import annotations

import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from regulars.customers.loading.ingest import ingest
from regulars.customers.privacy.retention import keep_to_retention
from regulars.customers.traits import plan_traits
from regulars.predictions.stage import predict
from regulars.segments.scope import Scope
from regulars.store import rehearse, tables

from .beginning import refuse_to_go_back
from .identity import refuse_another
from .reading import last_run, no_customer
from .run import rehearsed
from .understanding import understand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from regulars.playbook.loading import Loaded
    from regulars.predictions.stage import ModelCount
    from regulars.store import Store


@dataclass(frozen=True)
class Glimpse:
    """A store that will be rolled back, and what names mean in it.

    ``models`` are what each of them learned now, if they were asked.
    """

    store: Store
    scope: Scope
    models: Mapping[str, ModelCount] = field(default_factory=dict)


@contextmanager
def glimpse(loaded: Loaded, now: datetime | None, *, onward: bool = False) -> Iterator[Glimpse]:
    """The playbook's data with traits and scores as of ``now``; None means as of the last run.

    With a time, new data of the sources is read as well; ``onward`` refuses one that no run could
    have any more. What plugins print meanwhile goes to standard error.

    Raises:
        StoreError: as of the last run, and nothing has run yet; or it is another's store; or it
            has run later than ``now``, and goes ``onward``.
    """
    playbook, plugins = loaded.playbook, loaded.plugins
    with rehearse(playbook.store) as store, redirect_stdout(sys.stderr):
        refuse_another(store, playbook.id)
        if onward and now is not None:
            refuse_to_go_back(store, now)
        traits = plan_traits(playbook, plugins)
        store.fit(traits.shape)
        if now is None:
            # scores stay as the last run left them: a model is not asked again
            yield Glimpse(store, understand(store, loaded, traits, last_run(store, loaded)))
            return
        ingest(store, loaded, traits.shape, now)
        keep_to_retention(store, playbook, now)
        scope = understand(store, loaded, traits, now)
        yield Glimpse(store, scope, predict(store, scope))


@contextmanager
def after_run(loaded: Loaded, now: datetime) -> Iterator[Glimpse]:
    """The playbook's data as a run at ``now`` would leave it.

    Raises:
        StoreError: the store has run at a later instant; or it is another's store.
    """
    playbook, plugins = loaded.playbook, loaded.plugins
    with rehearsed(loaded, now) as (store, _):
        traits = plan_traits(playbook, plugins)
        with store.reading() as connection:
            scope = Scope.of(connection, playbook, plugins, traits, store.tables, now)
        yield Glimpse(store, scope)


def customer_number(connection: Connection, key: str) -> int:
    """The store's number of the customer ``key``.

    Raises:
        StoreError: there is no such customer.
    """
    customers = tables.customers
    number = connection.scalar(select(customers.c.id).where(customers.c.key == key))
    if number is None:
        raise no_customer(key)
    return int(number)
