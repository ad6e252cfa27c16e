"""Computed: what the traits in a store were computed by, so that a run knows what is stale."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from regulars.instants import micros
from regulars.store import get_fact, set_fact
from regulars.version import version

from .trait_columns import PluginAggregate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from regulars.hooks.kinds import Moment

    from .trait_columns import TraitColumn
    from .traits import TraitPlan

_FACT = "traits.computed"


@dataclass(frozen=True)
class Computed:
    """The last refresh of traits: its ``number``, its instant in microseconds, its definitions.

    ``starts`` are the instants at which the windows began, by the columns of the oldest events;
    ``columns`` a digest of each trait's definition; ``under`` what all of them hang on.
    """

    number: int
    at: int
    under: str
    starts: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: TraitPlan, moment: Moment, number: int) -> Computed:
        """What a refresh as of ``moment`` computes ``plan`` by."""
        return cls(
            number,
            micros(moment.now),
            f"{version()} {plan.zone.key}",
            {g.oldest: start for g in plan.groups if g.oldest and (start := g.start(moment))},
            {column.name: _digest(column) for column in plan.columns},
        )

    def outdates(self, before: Computed) -> bool:
        """Whether nothing that was computed ``before`` can be kept; time only goes on."""
        return self.under != before.under or self.at < before.at


def recall(connection: Connection) -> Computed | None:
    """The last refresh of the store's traits; None if there was none."""
    written = get_fact(connection, _FACT)
    return None if written is None else Computed(**json.loads(written))


def remember(connection: Connection, computed: Computed) -> None:
    """Keep ``computed`` as the last refresh."""
    set_fact(connection, _FACT, json.dumps(asdict(computed), sort_keys=True))


def _digest(column: TraitColumn) -> str:
    computes = column.computes
    by = computes.blame if isinstance(computes, PluginAggregate) else ""
    text = f"{column.type} {by} {computes.signature()}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
