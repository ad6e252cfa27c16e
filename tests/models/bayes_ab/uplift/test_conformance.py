"""Uplift holds what every model promises, in a world in which an experiment runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regulars.testing import ModelConformance, World, made_up
from regulars_models.bayes_ab.uplift.model import UPLIFT

from .planted import TRAITS, planted, some

if TYPE_CHECKING:
    from regulars.hooks import ModelData

TRIAL = planted(1, some)


class Experimenting(World):
    """Customers beside those of an experiment, which goes on as soon as anybody is there."""

    def at(self, now: int) -> ModelData:
        data = super().at(now)
        events = data.events["order"]
        return replace(data, trial=TRIAL if len(events) else None)


class TestUplift(ModelConformance):
    kind = UPLIFT
    settings = {"experiment": "x", "traits": list(TRAITS)}

    def world(self) -> World:
        made = made_up(replace(self.model.reads, events=["order"]))
        return Experimenting(**vars(made))
