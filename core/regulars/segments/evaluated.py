"""Evaluated: what the segments in a store were evaluated by, so that a run knows what stands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from regulars.customers import computed
from regulars.hooks.kinds import Moment
from regulars.instants import instant, micros
from regulars.store import get_fact, set_fact
from regulars.version import version

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

    from .scope import Scope

_FACT = "segments.evaluated"


@dataclass(frozen=True)
class Evaluated:
    """The last evaluation: its instant in microseconds, the ``refresh`` of traits that it read.

    ``under`` stands for what all conditions hang on besides what they say.
    """

    at: int
    refresh: int
    under: str

    @classmethod
    def of(cls, connection: Connection, scope: Scope) -> Evaluated:
        """An evaluation of ``scope`` as its store is now."""
        refreshed = computed.recall(connection)
        profile = json.dumps(scope.playbook.customer.model_dump(mode="json"), sort_keys=True)
        text = f"{version()} {scope.zone.key} {profile}"
        under = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        return cls(micros(scope.now), 0 if refreshed is None else refreshed.number, under)

    @classmethod
    def recall(cls, connection: Connection) -> Evaluated | None:
        """The last one of a store; None if there was none."""
        written = get_fact(connection, _FACT)
        return None if written is None else cls(**json.loads(written))

    def moment(self, zone: ZoneInfo) -> Moment:
        """When it was, in the zone of the playbook."""
        return Moment(instant(self.at), zone)

    def remember(self, connection: Connection) -> None:
        """Keep this one as the last."""
        set_fact(connection, _FACT, json.dumps(asdict(self), sort_keys=True))
