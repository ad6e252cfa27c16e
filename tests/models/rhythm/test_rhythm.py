"""The rhythm of customers: when they come next, how late they are, and on which weekday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents, instant, micros
from regulars_models.rhythm.kind import RHYTHM, RhythmSettings
from regulars_models.rhythm.testing import Held
from scipy.special import stdtr

CHICAGO = ZoneInfo("America/Chicago")
CONFIG = RhythmSettings(event="order")
HOUR = DAY // 24


def at(text: str, zone: ZoneInfo = CHICAGO) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC))


def latte(weeks: int, weekday: int = 6, hour: int = 8, zone: ZoneInfo = CHICAGO) -> list[int]:
    """Visits of every week, from Tuesday the 6th of January 2026 on, at about ``hour``."""
    days = [np.datetime64(f"2026-01-{weekday:02}") + 7 * week for week in range(weeks)]
    return [at(f"{day}T{hour:02}:{7 + 3 * (n % 5):02}", zone) for n, day in enumerate(days)]


def shop(histories: list[list[int]], now: str, zones: list[str | None] | None = None) -> ModelData:
    pairs = sorted((row, when) for row, history in enumerate(histories) for when in history)
    rows, times = np.array(pairs, np.int64).reshape(-1, 2).T
    events = ModelEvents(rows, times, np.ones_like(rows))
    names = np.array(zones or [None] * len(histories), dtype=object)
    everyone = np.arange(len(histories))
    data = ModelData(at(now), CHICAGO, everyone, {"order": events}, {}, {"timezone": names})
    return replace(data, events={"order": events.until(data.now)})


def random_shop(people: int = 300, seed: int = 3) -> tuple[ModelData, np.ndarray[Any, Any]]:
    """Gaps are log-normal: means over customers N(log 20, 0.5), of each 0.3 around it."""
    chance = np.random.default_rng(seed)
    mean = chance.normal(np.log(20), 0.5, people)
    begin = at("2024-01-01T12:00") + chance.integers(0, 60, people) * DAY
    gaps = np.exp(mean[:, None] + 0.3 * chance.normal(size=(people, 30)))
    times = begin[:, None] + (gaps.cumsum(axis=1) * DAY).astype(np.int64)
    return shop(times.tolist(), "2025-06-01T00:00"), mean


def learned(data: ModelData) -> Fitted:
    found = RHYTHM.fit(CONFIG, data, 0)
    assert isinstance(found, Fitted), found
    return found


def asked(fitted: Fitted, data: ModelData) -> list[tuple[str, float, str]]:
    """The next order on Chicago's clock, overdue and the weekday of each customer."""
    scores = RHYTHM.score(CONFIG, fitted, data)
    rows = zip(scores["next_order"], scores["overdue"], scores["weekday"], strict=True)
    return [
        (f"{instant(int(when)).astimezone(CHICAGO):%a %d %b %H:%M}", late, weekday)
        for when, late, weekday in rows
    ]


@pytest.fixture
def cafe() -> list[list[int]]:
    """A guest of Tuesdays at 8, one of Fridays at 17, and one of every second Saturday."""
    return [latte(12), latte(12, 9, 17), latte(12, 10, 11)[::2]]


def test_who_has_a_latte_every_tuesday_comes_next_tuesday_at_eight(cafe: list[list[int]]) -> None:
    data = shop(cafe, "2026-03-28T12:00")

    (tuesday, friday, saturday) = asked(learned(data), data)

    assert (tuesday[0], tuesday[2]) == ("Tue 31 Mar 08:00", "tuesday")
    assert (friday[0], friday[2]) == ("Fri 03 Apr 17:00", "friday")
    assert (saturday[0], saturday[2]) == ("Sat 04 Apr 11:00", "saturday")


def test_the_next_order_is_never_in_the_past(cafe: list[list[int]]) -> None:
    fitted = learned(shop(cafe, "2026-03-28T12:00"))
    for hour in range(24 * 40):
        data = shop(cafe, "2026-03-28T00:00")
        data = replace(data, now=data.now + hour * HOUR)
        scores = RHYTHM.score(CONFIG, fitted, data)
        said = scores["next_order"][np.isfinite(scores["next_order"])]
        assert (said > data.now).all(), instant(data.now)


def test_who_missed_a_tuesday_is_expected_on_the_next_one(cafe: list[list[int]]) -> None:
    fitted = learned(shop(cafe, "2026-03-28T12:00"))

    said = {
        now: asked(fitted, shop(cafe, f"2026-{now}"))[0]
        for now in ("03-31T07:00", "03-31T09:00", "04-02T12:00", "04-09T12:00")
    }

    assert [each[0] for each in said.values()] == [
        "Tue 31 Mar 08:00",
        "Tue 07 Apr 08:00",
        "Tue 07 Apr 08:00",
        "Tue 14 Apr 08:00",
    ]
    late = [each[1] for each in said.values()]
    assert late == sorted(late)
    assert late[0] < 0.5
    assert late[-1] > 0.99


def test_who_stayed_away_for_weeks_is_not_expected_any_more(cafe: list[list[int]]) -> None:
    fitted = learned(shop(cafe, "2026-03-28T12:00"))

    scores = RHYTHM.score(CONFIG, fitted, shop(cafe, "2026-05-30T12:00"))
    told = RHYTHM.explain(CONFIG, fitted, shop(cafe[:1], "2026-05-30T12:00"))  # type: ignore[misc]

    assert np.isnan(scores["next_order"]).all()
    assert (scores["overdue"] > 0.95).all()
    assert scores["weekday"].tolist() == ["tuesday", "friday", "saturday"]
    assert list(told) == ["overdue"]


def test_days_that_anybody_could_have_said_better_are_doubted() -> None:
    came = np.arange(50)
    held = Held(came, np.zeros(50, np.int64), {"the last gap again": came}, np.zeros(50))

    (said,) = held.doubts()
    assert said == (
        "Don't rely on next_order: within a day it was right for 4.0% of 50 customers; 'the last"
        " gap again' would have been for 100.0%."
    )
    assert Held(came, came, {"the last gap again": came}, np.zeros(50)).doubts() == []


def test_of_a_few_customers_it_is_not_told_how_often_it_was_right(cafe: list[list[int]]) -> None:
    fitted = learned(shop(cafe, "2026-03-28T12:00"))

    assert fitted.metrics == {}
    (said,) = fitted.diagnostics["warnings"]
    assert said == (
        "How often the days are right is told of 20 customers who came three times or more; there"
        " are 3 yet."
    )


def test_a_customer_abroad_is_told_by_their_own_clock() -> None:
    """Sunday 23:30 in Chicago is Monday morning in Berlin, where the guest lives."""
    berlin = ZoneInfo("Europe/Berlin")
    abroad = latte(12, 5, 6, berlin)
    data = shop([abroad, latte(12)], "2026-03-24T12:00", ["Europe/Berlin", "nowhere"])

    scores = RHYTHM.score(CONFIG, learned(data), data)

    assert scores["weekday"].tolist() == ["monday", "tuesday"]
    local = instant(int(scores["next_order"][0])).astimezone(berlin)
    assert f"{local:%a %d %b %H:%M}" == "Mon 30 Mar 06:00"  # after the clocks went forward
    assert asked(learned(data), data)[1][0] == "Tue 31 Mar 08:00"


def test_a_new_customer_has_no_rhythm_yet_and_one_with_two_visits_leans_on_the_shop() -> None:
    data, _ = random_shop()
    begin = data.now - 10 * DAY
    now = f"{instant(data.now).astimezone(CHICAGO):%Y-%m-%dT%H:%M}"
    never, once, twice = shop([[], [begin], [begin - 5 * DAY, begin]], now), 1, 2

    scores = RHYTHM.score(CONFIG, learned(data), never)

    for row in (0, once):
        assert np.isnan(scores["next_order"][row])
        assert np.isnan(scores["overdue"][row])
        assert scores["weekday"][row] is None
    assert 0.2 < scores["overdue"][twice] < 0.9  # twice the own gap is not unusual, by one gap
    assert scores["next_order"][twice] > data.now


def test_it_recovers_how_customers_differ() -> None:
    data, _ = random_shop(600)
    found = learned(data)

    assert found.parameters["usual"] == pytest.approx(np.log(20), abs=0.1)
    assert found.parameters["between"] == pytest.approx(0.25, rel=0.2)
    assert found.parameters["within"] == pytest.approx(0.09, rel=0.1)
    assert found.diagnostics["standard_errors"]["usual"] == pytest.approx(0.5 / 600**0.5, rel=0.2)


def test_unusual_gaps_are_as_rare_as_they_are_called() -> None:
    metrics = learned(random_shop(2_000)[0]).metrics

    assert metrics["unusual_gaps"] == pytest.approx(0.05, abs=0.02)
    assert metrics["right_within_a_day"] > max(metrics["baselines"].values())


def test_what_happens_twice_a_day_or_was_rolled_up_does_not_count_twice(
    cafe: list[list[int]],
) -> None:
    now = "2026-03-28T12:00"
    plain = shop(cafe, now)
    twice = shop([[*visits, *(when + HOUR for when in visits)] for visits in cafe], now)
    rolled = shop([[at("2025-06-01T12:00"), *visits] for visits in cafe], now)
    events = rolled.events["order"]
    old = replace(events, times=np.where(events.at < at("2025-07-01T00:00"), 40, 1))
    rolled = replace(rolled, events={"order": old})

    fitted = learned(plain)

    assert asked(fitted, twice) == asked(fitted, plain) == asked(fitted, rolled)


def test_reasons_add_up_to_what_sets_a_customer_apart(cafe: list[list[int]]) -> None:
    fitted = learned(shop(cafe, "2026-03-30T12:00"))
    one = shop(cafe[:1], "2026-04-09T12:00")

    told = RHYTHM.explain(CONFIG, fitted, one)  # type: ignore[misc]

    assert told["overdue"][0].what == "last visit 16 days ago"
    usual = fitted.parameters["typical"]
    z = (np.log(usual["since"] - 0.5) - usual["mean"]) / usual["scale"]
    score = RHYTHM.score(CONFIG, fitted, one)["overdue"][0]
    moved = sum(reason.by for reason in told["overdue"])
    assert moved == pytest.approx(score - stdtr(usual["free"], z))
    assert moved > 0.5


@pytest.mark.parametrize("gaps", [0, 1, 19])
def test_too_few_returns_are_said_in_words(gaps: int) -> None:
    data = shop([latte(gaps + 1)], "2026-12-28T12:00")

    said = RHYTHM.fit(CONFIG, data, 0)

    assert isinstance(said, str)
    assert "a rhythm needs 20 such times" in said
    assert ("once" if gaps == 1 else f"{gaps} times") in said


def test_customers_who_are_all_alike_are_foreseen() -> None:
    data = shop([latte(12)] * 30, "2026-03-28T12:00")

    assert set(asked(learned(data), data)) == {asked(learned(data), data)[0]}
    assert asked(learned(data), data)[0][0] == "Tue 31 Mar 08:00"
