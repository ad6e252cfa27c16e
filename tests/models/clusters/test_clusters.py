"""Groups that were planted are found, named, and none are found where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, Reads
from regulars.testing import ModelConformance, World, made_up
from regulars_models.clusters.groups import fit, score
from regulars_models.clusters.kind import CLUSTERS, Clusters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelEvents

METHODS = ("k-means", "mixture")


class TwoKinds(World):
    """Customers of two kinds, who differ in all traits."""

    def trait(self, place: int, events: Mapping[str, ModelEvents], now: int) -> NDArray[np.float64]:
        own = super().trait(place, events, now)
        often = np.bincount(events["order"].customer, minlength=len(self.customers))
        return np.where(often % 2 == 0, own / 50, own / 50 + 40)


class TwoWorlds(ModelConformance):
    kind = CLUSTERS

    def world(self) -> World:
        made = made_up(Reads(events=["order"], traits=self.model.reads.traits), people=400)
        return TwoKinds(**vars(made))


class TestKMeans(TwoWorlds):
    settings = {"traits": ["often", "ago"], "most": 4}


class TestMixture(TwoWorlds):
    settings = {"traits": ["often", "ago"], "method": "mixture", "most": 4}


def shop(people: int, groups: int, seed: int = 0) -> ModelData:
    """Customers around ``groups`` places: of rising spend, and old and new by turns."""
    random = np.random.default_rng(seed)
    group = np.arange(people) % groups
    spend = np.exp(1.0 + 3.0 * group + random.normal(0, 0.5, people))
    last = 40.0 + 200.0 * (group % 2) + random.normal(0, 15, people)
    traits = {"spend": spend, "last": last}
    return ModelData(20_000 * DAY, ZoneInfo("UTC"), np.arange(people), {}, traits)


def groups_of(method: str, data: ModelData) -> tuple[Fitted, dict[str, Any]]:
    config = Clusters(traits=("spend", "last"), method=method)
    fitted = fit(config, data, 3)
    assert isinstance(fitted, Fitted), fitted
    return fitted, dict(score(config, fitted, data))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("groups", [2, 3, 4])
def test_the_groups_that_were_planted_are_found(method: str, groups: int) -> None:
    fitted, scores = groups_of(method, shop(600, groups))
    assert fitted.diagnostics["groups"] == groups
    for planted in range(groups):
        mine = scores["number"][planted::groups]
        assert (mine == mine[0]).mean() > 0.95
    assert len(set(scores["cluster"])) == groups


@pytest.mark.parametrize("method", METHODS)
def test_a_group_is_called_by_what_sets_it_apart(method: str) -> None:
    _, scores = groups_of(method, shop(400, 2))
    assert set(scores["cluster"]) == {"low spend, low last", "high spend, high last"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(5))
def test_one_cloud_is_no_groups(method: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    traits = {"spend": random.lognormal(3, 1, 500), "last": random.normal(60, 9, 500)}
    data = ModelData(20_000 * DAY, ZoneInfo("UTC"), np.arange(500), {}, traits)
    told = fit(Clusters(traits=("spend", "last"), method=method), data, seed)
    assert str(told).startswith("The customers fall into no groups by these traits")


def test_who_is_unknown_has_no_group_and_who_is_half_known_has_one() -> None:
    data = shop(300, 2)
    data.traits["spend"][:2], data.traits["last"][0] = np.nan, np.nan
    _, scores = groups_of("k-means", data)
    assert scores["cluster"][0] is None
    assert np.isnan(scores["number"][0])
    assert scores["cluster"][1] is not None


def test_too_few_customers_are_told_in_a_sentence() -> None:
    told = fit(Clusters(traits=("spend", "last")), shop(49, 2), 0)
    assert str(told).startswith("So far 49 customers have any of the traits; 50 are needed")


def test_a_trait_that_is_named_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="'spend' stands there twice; say it once"):
        Clusters(traits=("spend", "last", "spend"))
