"""From loaded data to what names mean: samples, traits, the scope of an instant, and scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.customers.refreshing import refresh_traits
from regulars.customers.samples import fill_samples
from regulars.segments.scope import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from regulars.customers.traits import TraitPlan
    from regulars.playbook.loading import Loaded
    from regulars.store import Store


def understand(store: Store, loaded: Loaded, plan: TraitPlan, now: datetime) -> Scope:
    """Bring every customer's computed values to ``now``; what the playbook's names mean then."""
    playbook, plugins = loaded.playbook, loaded.plugins
    fill_samples(store, plan)
    refresh_traits(store, plan, now)
    with store.reading() as connection:
        return Scope.of(connection, playbook, plugins, plan, store.tables, now)
