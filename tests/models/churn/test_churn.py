"""Churn as a whole: what is learned of customers at past cut-offs, and said of those of today."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents
from regulars_models.churn.kind import CHURN, ChurnSettings

NOW = 20_000 * DAY
METHODS = ["hazard", "weibull", "kaplan-meier"]


def events(customer: Any, at: Any) -> ModelEvents:
    order = np.lexsort((at, customer))
    rows = np.asarray(customer, np.int64)[order]
    return ModelEvents(rows, np.asarray(at)[order].astype(np.int64), np.ones_like(rows))


def at_cutoffs(config: ChurnSettings, data: ModelData, traits: Any = None) -> ModelData:
    """``data`` with what was known before; ``traits`` tells those of an instant."""
    known = traits or (lambda _now: data.traits)

    def then(now: int) -> ModelData:
        past = {name: each.until(now) for name, each in data.events.items()}
        return replace(data, now=now, events=past, traits=known(now))

    return replace(then(NOW), earlier=[then(NOW - back) for back in CHURN.reads(config).cutoffs])


def subscribers(people: int = 2_000, seed: int = 1, rate: float = 0.004) -> ModelData:
    """They came over two years, and leave by a hazard that x multiplies by e^x, day by day."""
    chance = np.random.default_rng(seed)
    start = NOW - chance.integers(1, 730, people) * DAY
    x = chance.normal(size=people)
    end = start + chance.exponential(1 / (rate * np.exp(x))) * DAY
    over = end <= NOW
    everyone = np.arange(people)
    known = {"start": events(everyone, start), "end": events(everyone[over], end[over])}
    return ModelData(NOW, ZoneInfo("UTC"), everyone, known, {"x": x})


def buyers(people: int = 1_500, seed: int = 1) -> ModelData:
    """They order every 8 days on average, and stop after 200 days on average."""
    chance = np.random.default_rng(seed)
    start = NOW - chance.integers(1, 730, people) * DAY
    last = np.minimum(start + chance.exponential(200, people) * DAY, NOW)
    when = start[:, None] + chance.exponential(8, (people, 200)).cumsum(axis=1) * DAY
    when = np.column_stack([start, when])
    row, place = np.nonzero(when <= last[:, None])
    return ModelData(
        NOW, ZoneInfo("UTC"), np.arange(people), {"order": events(row, when[row, place])}
    )


def learned(config: ChurnSettings, data: ModelData) -> Fitted:
    found = CHURN.fit(config, data, 0)
    assert isinstance(found, Fitted), found
    return found


def subscription(method: str = "hazard", **more: Any) -> ChurnSettings:
    return ChurnSettings(starts="start", ends="end", method=method, **more)


@pytest.mark.parametrize("method", METHODS)
def test_the_risk_of_a_constant_hazard_is_that_hazard(method: str) -> None:
    """Without x all leave alike: 30 days of 0.004 are 11.3 %, and half of them take 173 days."""
    config = subscription(method)
    data = subscribers(4_000)
    plain = subscribers(4_000)
    chance = np.random.default_rng(5)
    start = plain.events["start"].at
    end = start + chance.exponential(250, len(plain)) * DAY
    over = end <= NOW
    ends = events(np.arange(len(plain))[over], end[over])
    data = at_cutoffs(config, replace(plain, events={**plain.events, "end": ends}, traits={}))

    scores = CHURN.score(config, learned(config, data), data)

    stand = np.isfinite(scores["risk"])
    young = NOW - start < 650 * DAY  # of older ones a curve can't say
    assert stand[young].tolist() == (~over)[young].tolist()
    risk, since = scores["risk"][stand], (NOW - start[stand]) / DAY
    assert risk[since < 300].mean() == pytest.approx(1 - np.exp(-0.12), abs=0.02)
    days = (scores["median_time"][stand] - NOW) / DAY
    assert np.median(days[since < 200]) == pytest.approx(250 * np.log(2), rel=0.15)
    assert np.isnan(days[since > 700]).all()  # nobody was seen to stay so long


@pytest.mark.parametrize("method", ["hazard", "weibull"])
def test_what_multiplies_the_hazard_is_recovered(method: str) -> None:
    config = subscription(method, traits=("x",))
    found = learned(config, at_cutoffs(config, subscribers()))
    x, error = (
        found.parameters["coefficients"]["x"], found.diagnostics["standard_errors"]["x"]
    )  # fmt: skip

    assert abs(x - 1) < 3 * error + 0.1
    assert found.drivers["x"] == max(found.drivers.values())


def test_traits_count_as_they_were_at_each_cutoff() -> None:
    """A trait that only says later who left tells nothing, however well it tells that now."""
    config = subscription(traits=("x",))
    data = subscribers(3_000)
    gone = np.isin(data.customers, data.events["end"].customer).astype(float)
    same = np.random.default_rng(9).normal(size=len(data))

    honest = at_cutoffs(config, data, lambda now: {"x": gone if now == NOW else same})
    coefficient = learned(config, honest).parameters["coefficients"]["x"]

    assert abs(coefficient) < 0.2
    leaking = at_cutoffs(config, replace(data, traits={"x": gone}))
    assert learned(config, leaking).parameters["coefficients"]["x"] > 3


@pytest.mark.parametrize("method", METHODS)
def test_a_shops_risk_is_the_chance_of_no_order(method: str) -> None:
    config = ChurnSettings(event="order", silent="30d", method=method)
    whole = buyers()
    then = NOW - 30 * DAY
    known = replace(whole, now=then, events={"order": whole.events["order"].until(then)})
    earlier = [
        replace(known, now=then - back, events={"order": known.events["order"].until(then - back)})
        for back in CHURN.reads(config).cutoffs
    ]

    scores = CHURN.score(config, learned(config, replace(known, earlier=earlier)), known)

    stand = np.isfinite(scores["risk"])
    gone = ~np.isin(whole.customers, whole.events["order"].between(then, NOW).customer)
    assert stand.sum() > 200
    assert scores["risk"][stand].sum() == pytest.approx(gone[stand].sum(), rel=0.25)
    late = np.argsort(scores["risk"][stand])[-50:]
    assert gone[stand][late].mean() > gone[stand].mean()
    assert (scores["median_time"][stand & np.isfinite(scores["median_time"])] > then).all()


@pytest.mark.parametrize("method", ["hazard", "weibull"])
def test_reasons_add_up_to_what_sets_a_customer_apart(method: str) -> None:
    config = subscription(method, traits=("x",))
    data = at_cutoffs(config, subscribers())
    fitted = learned(config, data)
    scores = CHURN.score(config, fitted, data)
    (row, *_) = np.flatnonzero(np.isfinite(scores["median_time"]))
    start = data.events["start"].at[row]

    def alone(since: int, x: float) -> ModelData:
        known = {"start": events([0], [NOW - since]), "end": events([], [])}
        return ModelData(NOW, data.zone, np.array([1]), known, {"x": np.array([x])})

    one = alone(NOW - start, float(data.traits["x"][row]))
    days, x = fitted.parameters["typical"]
    usual = CHURN.score(config, fitted, alone(int(days * DAY), x))

    told = CHURN.explain(config, fitted, one)  # type: ignore[misc]

    risk = sum(reason.by for reason in told["risk"])
    assert risk == pytest.approx(scores["risk"][row] - usual["risk"][0], abs=1e-9)
    since, trait = told["risk"]
    assert since.what.startswith("days subscribed ")
    assert trait.what == "x"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("gone", ["everybody", "nobody", "none came"])
def test_where_all_are_alike_it_says_what_is_missing(method: str, gone: str) -> None:
    config = subscription(method)
    data = subscribers(500)
    start = data.events["start"]
    ends = {"everybody": events(start.customer, start.at + 1), "nobody": events([], [])}
    known = {"start": start, "end": ends.get(gone, events([], []))}
    if gone == "none came":
        known["start"] = events([], [])

    said = CHURN.fit(config, at_cutoffs(config, replace(data, events=known, traits={})), 0)

    assert isinstance(said, str)
    assert said.startswith("As far as known subscriptions ended ")
    assert said.endswith("20 of each are needed. Wait for more, or load older events.")


def test_of_whom_a_curve_tells_nothing_is_said_in_words() -> None:
    config = subscription("kaplan-meier")
    data = at_cutoffs(config, replace(subscribers(rate=0.001), traits={}))
    fitted = learned(config, data)
    runs = ~np.isin(data.customers, data.events["end"].customer)
    without = int(np.isnan(CHURN.score(config, fitted, data)["risk"][runs]).sum())

    (said,) = fitted.diagnostics["warnings"]

    assert said.startswith(f"{without} of {runs.sum():,} who can leave have no risk")
    assert f"longer than {fitted.parameters['told']:,.0f} days" in said
    told = learned(subscription(), at_cutoffs(subscription(), replace(data, traits={})))
    assert told.diagnostics["warnings"] == []


def test_one_event_can_not_start_and_end_a_subscription() -> None:
    with pytest.raises(ValidationError, match="both are 'start', and one event can't do both"):
        ChurnSettings(starts="start", ends="start")


def test_a_trait_counts_once() -> None:
    with pytest.raises(ValidationError, match="one is written twice"):
        ChurnSettings(event="order", silent="30d", traits=("x", "x"))


def test_what_is_learned_tells_of_nobody() -> None:
    """Times are whole days, and end where fewer than ten had come so far."""
    config = subscription("kaplan-meier")
    found = learned(config, at_cutoffs(config, replace(subscribers(), traits={})))

    assert (found.arrays["times"] % 1 == 0).all()
    assert len(found.arrays["times"]) < 731
