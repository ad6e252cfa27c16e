"""What is learned from: customers at past cut-offs as they were then, and what came after.

A row is a customer who could leave at a cut-off, followed for the horizon after it. So what changes
with time is known as of then alone, and nothing later leaks in: Singer and Willett, *Journal of
Educational Statistics* 18 (1993), 155-195.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from regulars.hooks import DAY

from .standing import names, pauses, standing, subscriptions

if TYPE_CHECKING:
    from regulars.hooks import ModelData

    from .kind import ChurnSettings
    from .standing import Floats, Mask, Spells

MOST = 300_000  # rows; more of them tell hardly more


@dataclass(frozen=True)
class Rows:
    """``inputs`` as of each row's beginning, after which it was followed for ``days``.

    ``happened`` says that it ended with the event: the end of a subscription, a shop's next order.
    The first input is how long it had gone on before.
    """

    inputs: Floats
    days: Floats
    happened: Mask

    def __len__(self) -> int:
        return len(self.days)


def at_cutoffs(config: ChurnSettings, data: ModelData, seed: int) -> Rows:
    """A row for each customer at each cut-off that they stood at.

    Of very many it holds those of some customers, drawn by ``seed``: about 300,000 at most.
    """
    share = MOST / max(1, len(data) * len(data.earlier))
    chosen = np.random.default_rng(seed).random(len(data)) < share
    parts = [_followed(config, data, then, chosen) for then in data.earlier]
    none = Rows(np.empty((0, len(names(config)))), np.empty(0), np.empty(0, np.bool_))
    parts.append(none)
    return Rows(
        np.concatenate([part.inputs for part in parts]),
        np.concatenate([part.days for part in parts]),
        np.concatenate([part.happened for part in parts]),
    )


def from_the_beginning(spells: Spells) -> Rows:
    """A row for each of ``spells``, whole; nothing is known of them but how long they went on."""
    return Rows(np.zeros((len(spells.days()), 1)), spells.days(), spells.over)


def spells_of(config: ChurnSettings, data: ModelData) -> Spells:
    """Subscriptions; of a shop the times between events, as far as a risk can look at them."""
    if config.event is not None:
        return pauses(data.events[config.event], data.now, 2 * config.within)
    starts, ends = data.events[str(config.starts)], data.events[str(config.ends)]
    return subscriptions(starts, ends, data.now)


def _followed(config: ChurnSettings, data: ModelData, then: ModelData, chosen: Mask) -> Rows:
    stood, until = standing(config, then), then.now + config.within
    after = data.events[str(config.event or config.ends)].between(then.now, until)
    first = np.full(len(data), until)
    first[after.customer[::-1]] = after.at[::-1]
    came = np.zeros(len(data), np.bool_)
    came[after.customer] = True
    some = chosen[stood.customers]
    rows = stood.customers[some]
    return Rows(stood.inputs[some], (first[rows] - then.now) / DAY, came[rows])
