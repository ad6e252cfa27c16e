"""Every method of the recommender holds what every model promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from regulars.testing import ModelConformance, made_up
from regulars_models.recommend.kind import RECOMMEND

if TYPE_CHECKING:
    from regulars.testing import World

GOODS = {
    "item": np.array(["bread", "cake", "coffee", "roll", "tea"], object),
    "kind": np.array(["baked", "baked", "drink", "baked", "drink"], object),
}


class Recommending(ModelConformance):
    kind = RECOMMEND

    def world(self) -> World:
        return made_up(self.model.reads, files={"goods.csv": GOODS})


class TestBuyAgain(Recommending):
    settings = {"event": "order", "explore": "50%"}


class TestItemItem(Recommending):
    settings = {"event": "order", "explore": "50%", "method": "item-item"}


class TestFactors(Recommending):
    settings = {"event": "order", "explore": "50%", "method": "factors"}


class TestContent(Recommending):
    settings = {"event": "order", "explore": "50%", "method": "content", "catalogue": "goods.csv"}


class TestPopular(Recommending):
    settings = {"event": "order", "explore": "50%", "method": "popular"}
