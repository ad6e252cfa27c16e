"""What is learned of customers, what is told of it, and the sentence where there is too little."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents, ModelKind, micros
from regulars_models.btyd.catalogue import MODELS
from regulars_models.btyd.compression import compress, history
from regulars_models.btyd.kind import KINDS
from regulars_models.btyd.model import expected_events, fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

BY_NAME = {kind.name: kind for kind in KINDS}
NOW = micros(datetime(2026, 3, 2, 12, tzinfo=UTC))
NAMES = list(BY_NAME)
OF_EVENTS = NAMES[:3]


def shop(days: Mapping[int, list[int]], amount: float = 10.0, times: int = 1) -> ModelData:
    """Customers by number with how many days ago each of their events was."""
    who = np.array([row for row, each in days.items() for _ in each], np.int64)
    ago = np.array([day for each in days.values() for day in sorted(each, reverse=True)], np.int64)
    many = np.full(len(who), times, np.int64)
    events = ModelEvents(who, NOW - ago * DAY, many, {"total": np.full(len(who), amount)})
    return ModelData(NOW, ZoneInfo("UTC"), np.arange(max(days, default=-1) + 2), {"order": events})


def learned(name: str, data: ModelData, **settings: Any) -> tuple[ModelKind, Any, Fitted | str]:
    kind = BY_NAME[name]
    config = kind.config.model_validate({"event": "order", "amount": "total", **settings})
    return kind, config, kind.fit(config, data, 1)


def scored(name: str, data: ModelData, **settings: Any) -> Mapping[str, NDArray[Any]]:
    kind, config, fitted = learned(name, data, **{"least": 1, **settings})
    assert isinstance(fitted, Fitted), fitted
    return kind.score(config, fitted, data)


@pytest.mark.parametrize("name", NAMES)
def test_too_few_who_came_back_are_counted_in_words(name: str) -> None:
    few = shop({row: [40, 3] for row in range(9)} | {9: [5]})

    assert learned(name, few)[2] == (
        "9 customers have come back for another 'order'; 50 are needed. "
        "More customers or a longer history would help."
    )
    assert isinstance(learned(name, few, least=9)[2], Fitted)


@pytest.mark.parametrize("name", NAMES)
def test_an_event_that_nobody_had_is_named(name: str) -> None:
    missing = learned(name, shop({}))[2]

    assert missing == "Nobody has had an 'order' yet; a model learns from those who had."


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("amount", [0.0, -5.0, float("nan")])
def test_amounts_of_nothing_and_below_are_said_and_not_learned(name: str, amount: float) -> None:
    data = shop({row: [40, 3] for row in range(60)}, amount)

    assert learned(name, data)[2] == (
        "0 customers have come back with a 'total' above 0, 60 without one; 50 with one are "
        "needed. Look whether your 'order' events have that property."
    )


EDGES: dict[str, dict[int, list[int]]] = {
    "one customer": {0: [30, 10]},
    "one customer, every day of 200": {0: list(range(201))},
    "all alike": {row: [90, 60, 30] for row in range(80)},
    "some today": {0: [0], 1: [0], 2: [50, 0], 3: [1, 0]},
    "x of 200 beside once": {0: list(range(0, 402, 2)), 1: [401], 2: [0], 3: [300, 299]},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", EDGES)
def test_at_the_edges_scores_are_numbers_and_the_report_is_json(name: str, case: str) -> None:
    data = shop(EDGES[case])
    kind, config, fitted = learned(name, data, least=1)
    assert isinstance(fitted, Fitted)
    told = [*fitted.parameters.values(), fitted.diagnostics["log_likelihood"]]
    assert np.isfinite(told).all()
    assert all(
        error is None or error > 0 for error in fitted.diagnostics["standard_errors"].values()
    )

    scores = kind.score(config, fitted, data)
    there = len(data) - 1  # the last customer never came
    for output, values in scores.items():
        assert np.isnan(values[there]), output
        if output in {"alive", "expected_events"}:
            assert np.isfinite(values[:there]).all(), output
    if fitted.parameters["q"] > 1:
        assert np.isfinite(scores["expected_spend"][:there]).all()


@pytest.mark.parametrize("name", OF_EVENTS)
def test_the_next_event_is_later_the_surer_it_is_to_be(name: str) -> None:
    data = shop({row: [row + 90, row + 60, row + 30, row] for row in range(30)})
    half, most = (
        scored(name, data, chance=chance)["next_event_by"][0] for chance in ("50%", "60%")
    )

    assert NOW < half < most


def test_what_is_never_that_likely_has_no_time() -> None:
    data = shop({row: [400, 390, 380, 370] for row in range(30)} | {30: [400, 200, 0]})
    by = scored("mbg-nbd", data, chance="90%")["next_event_by"]

    assert np.isnan(by[:30]).all()


def test_the_value_is_less_with_a_margin_and_with_a_discount() -> None:
    data = shop({row: [row + 90, row + 60, row + 30] for row in range(30)})
    plain, margin, discount = (
        scored("mbg-nbd", data, horizon="520w", **settings)["clv"][0]
        for settings in ({}, {"margin": "30%"}, {"discount": "10%"})
    )

    assert margin == pytest.approx(0.3 * plain)
    assert 0.5 * plain < discount < 0.95 * plain


def test_only_what_can_be_counted_later_is_foreseen() -> None:
    kind = BY_NAME["mbg-nbd"]

    def foreseen(**settings: Any) -> dict[str, str]:
        written = {"event": "order", "amount": "order.total", **settings}
        outputs = kind.outputs(kind.config.model_validate(written))
        return {name: out.foresees.measure for name, out in outputs.items() if out.foresees}

    assert foreseen() == {"expected_events": "days", "clv": "sum"}
    assert foreseen(margin="20%") == foreseen(discount="10%") == {"expected_events": "days"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"horizon": "3mo"}, "days or weeks"),
        ({"chance": "100%"}, "nothing is certain"),
        ({"amount": "refund.total"}, "a property of 'order'"),
        ({"margin": "20%", "amount": None}, "say which `amount`"),
        ({"least": 0}, "greater than or equal to 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BY_NAME["mbg-nbd"].config.model_validate({"event": "order", "amount": "total", **settings})


def test_rolled_up_events_count_as_many_days_as_they_stand_for_and_it_is_said() -> None:
    data = shop({row: [90, 60, 30] for row in range(60)}, amount=30.0, times=3)
    kind, config, fitted = learned("mbg-nbd", data)
    assert isinstance(fitted, Fitted)
    assert kind.inputs is not None
    known = kind.inputs(config, data)

    assert (known["repeats"][0], known["spend"][0]) == (8, 10)
    assert any("rolled up" in word for word in fitted.diagnostics["words"])


def test_who_only_grows_older_has_not_drifted() -> None:
    kind, later = BY_NAME["mbg-nbd"], replace(shop({0: [60, 30], 1: [9]}), now=NOW + 30 * DAY)
    config = kind.config.model_validate({"event": "order"})
    assert kind.inputs is not None
    before, after = (kind.inputs(config, data) for data in (shop({0: [60, 30], 1: [9]}), later))

    for name, values in before.items():
        np.testing.assert_array_equal(values, after[name])


def test_spend_that_goes_with_how_often_is_said() -> None:
    chance = np.random.default_rng(4)
    often = chance.geometric(0.3, 400)
    who = np.repeat(np.arange(400), often + 1)
    place = np.concatenate([np.arange(count + 1) for count in often])
    amount = np.round(10 * often[who] * chance.uniform(0.5, 1.5, len(who)), 2)
    events = ModelEvents(
        who, NOW - (300 - 5 * place) * DAY, np.ones(len(who), np.int64), {"total": amount}
    )
    data = ModelData(NOW, ZoneInfo("UTC"), np.arange(400), {"order": events})
    fitted = learned("gamma-gamma", data)[2]

    assert isinstance(fitted, Fitted)
    assert fitted.diagnostics["correlation"] > 0.5
    (word,) = fitted.diagnostics["words"]
    assert word.startswith("Who comes more often spends more each time (rank correlation 0.")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mbg-nbd", "so `clv` and `expected_spend` are too high"),
        ("gamma-gamma", "so `expected_spend` is too high"),
    ],
)
def test_refunds_are_said_to_make_the_value_too_high(name: str, said: str) -> None:
    data = shop({row: [row + 90, row + 60, row + 30, row] for row in range(80)})
    amounts = data.events["order"].amounts["total"]
    amounts += np.arange(len(amounts)) % 7
    plain = learned(name, data)[2]
    amounts[::10] = -5.0
    refunded = learned(name, data)[2]
    assert isinstance(plain, Fitted)
    assert isinstance(refunded, Fitted)
    assert not [word for word in plain.diagnostics["words"] if "refunds" in word]
    (word,) = [word for word in refunded.diagnostics["words"] if "refunds" in word]
    assert word.startswith("10% of the amounts in 'order.total' are 0 or below")
    assert said in word


@pytest.mark.parametrize("name", NAMES)
def test_parameters_that_are_not_told_apart_have_no_errors_and_did_not_converge(name: str) -> None:
    fitted = learned(name, shop({row: [90, 60, 30] for row in range(80)}))[2]
    assert isinstance(fitted, Fitted)
    errors, words = fitted.diagnostics["standard_errors"], fitted.diagnostics["words"]
    assert not fitted.diagnostics["converged"]
    for parameter, error in errors.items():
        blamed = [w for w in words if "no standard error" in w or "at the edge" in w]
        named = any(re.search(rf"\b{parameter}\b", word) for word in blamed)
        assert named == (error is None)


def test_who_never_leaves_is_said() -> None:
    chance = np.random.default_rng(6)
    days = {row: [int(ago) for ago in {200, *chance.integers(0, 200, 9)}] for row in range(120)}

    fitted = learned("mbg-nbd", shop(days))[2]
    assert isinstance(fitted, Fitted)
    assert any("nobody ever leaves fits as well" in word for word in fitted.diagnostics["words"])


@pytest.mark.parametrize(("back", "within"), [(20, 0.29), (50, 0.18), (100, 0.11)])
def test_what_so_few_tell_is_as_good_as_the_page_says(back: int, within: float) -> None:
    """Of all that customers will do in 13 weeks, nine times of ten; here 60 times are tried."""
    chance, model = np.random.default_rng(8), MODELS["mbg-nbd"]
    x, last, age = drawn(chance, 40_000)
    everybody = fit(model, compress(history(x, last, age))).parameters
    count, errors = round(back / (x > 0).mean()), []
    for _ in range(60):
        some = chance.choice(len(x), count, replace=False)
        known = history(x[some], last[some], age[some])
        own, true = (
            expected_events(model, parameters, known, 13).sum()
            for parameters in (fit(model, compress(known)).parameters, everybody)
        )
        errors.append(abs(np.log(own / true)))

    assert np.quantile(errors, 0.9) == pytest.approx(within, rel=0.3)


def drawn(
    chance: np.random.Generator, customers: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """x, t_x and T of customers who live and buy as those of CDNOW do, by Pareto/NBD."""
    age = chance.integers(0, 730, customers) / 7
    alive = np.minimum(age, chance.exponential(1 / chance.gamma(0.61, 1 / 11.7, customers)))
    x = chance.poisson(chance.gamma(0.55, 1 / 10.6, customers) * alive)
    share = chance.random(customers) ** (1 / np.maximum(x, 1))  # where the last of x events is
    return x.astype(float), np.where(x > 0, share * alive, 0.0), age
