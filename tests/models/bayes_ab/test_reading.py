"""A trial becomes a verdict in words, tables, numbers and a picture that all say the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulars.experiments.analysing import as_json
from regulars.hooks import DAY, Goal, Happened, Outcome, Reading, Trial, Units
from regulars_models.bayes_ab.kind import BAYES_AB
from regulars_models.bayes_ab.quick.answer import answer
from regulars_models.bayes_ab.quick.totals import Totals
from regulars_models.bayes_ab.quick.words import told
from regulars_models.bayes_ab.settings import BayesAB

if TYPE_CHECKING:
    from collections.abc import Sequence

ARMS = ("control", "offer", "gift")


def trial(  # noqa: PLR0913
    rates: Sequence[float],
    each: int = 2000,
    *,
    day: float = 28,
    seed: int = 1,
    within: float = 1,
    better: Any = "more",
    **more: Any,
) -> Trial:
    """Arms that convert at ``rates``, exposed evenly over ``day`` days, as of their end."""
    random = np.random.default_rng(seed)
    arms = len(rates)
    n = arms * each
    arm = np.arange(n) % arms
    at = np.linspace(0, day * DAY, n, endpoint=False).astype(np.int64)
    unit = np.flatnonzero(random.random(n) < np.asarray(rates)[arm])
    happened = Happened(unit, at[unit] + 1, np.ones(len(unit)))
    outcome = Outcome(Goal("ordered", "conversion", int(within * DAY), better), happened)
    units = Units(arm, at, np.full(n, 1 / arms))
    names = ARMS[:arms]
    made = Trial("winback", names, (1 / arms,) * arms, int(day * DAY), units, (outcome,))
    return replace(made, **more)


def read(trial: Trial, **words: Any) -> Reading:
    return BAYES_AB.analyse(BayesAB.model_validate(words), trial)


def cell(reading: Reading, title: str, row: int, column: str) -> str:
    table = next(each for each in reading.tables if title in each.title)
    return table.rows[row][table.columns.index(column)]


# ------------------------------------------------------------------ the verdict


def test_a_large_effect_wins_and_the_sentence_says_by_how_much() -> None:
    reading = read(trial([0.05, 0.10]))

    assert (reading.verdict, reading.arm) == ("winner", "offer")
    assert reading.sentence.startswith("offer wins: ordered +")
    assert "against control" in reading.sentence


def test_the_control_wins_when_every_other_arm_is_worse() -> None:
    reading = read(trial([0.10, 0.05, 0.04]))

    assert (reading.verdict, reading.arm) == ("winner", "control")
    assert "every other arm is worse" in reading.sentence


def test_less_is_better_where_the_goal_says_so() -> None:
    reading = read(trial([0.10, 0.05], better="less"))

    assert (reading.verdict, reading.arm) == ("winner", "offer")
    assert "less is better" in reading.tables[0].title


def test_arms_that_are_alike_are_equivalent_within_the_rope() -> None:
    reading = read(trial([0.3, 0.3], 4000), rope="30%")

    assert (reading.verdict, reading.arm) == ("equivalent", None)
    assert "no arm moves ordered by more than 30 %" in reading.sentence


def test_too_few_customers_are_told_to_go_on_and_for_how_long() -> None:
    reading = read(trial([0.05, 0.06], 200, day=10))

    assert reading.verdict == "keep going"
    assert "Not enough data yet: keep going for about 18 more days" in reading.sentence


def test_the_horizon_ends_without_an_answer_and_says_what_could_have_been_found() -> None:
    reading = read(trial([0.05, 0.055], 300))

    assert reading.verdict == "stopped without an answer"
    assert "can find a lift of +" in reading.sentence


def test_arms_that_are_not_filled_as_planned_are_broken() -> None:
    whole = trial([0.05, 0.10])
    lost = replace(whole, weights=(0.6, 0.4))

    reading = read(lost)

    assert (reading.verdict, reading.arm) == ("broken", None)
    assert any("not filled as planned" in warning for warning in reading.warnings)


def test_what_was_seen_after_the_horizon_changes_nothing_of_the_verdict() -> None:
    """Whoever reads it a year later reads the same."""
    whole = trial([0.05, 0.055], 300)

    assert read(replace(whole, now=whole.now + 365 * DAY)).sentence == read(whole).sentence


# ------------------------------------------------------------------ all of it agrees


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.02, 0.4), min_size=2, max_size=3),
    st.sampled_from([60, 300, 2000]),
    st.sampled_from([3.0, 14.0, 28.0, 60.0]),
)
def test_the_verdict_never_contradicts_the_intervals(
    rates: list[float], each: int, day: float
) -> None:
    reading = read(trial(rates, each, day=day))
    decision = reading.data["decision"]
    better = {it["arm"] for it in decision["intervals"] if it["low"] > 0.0}

    if reading.verdict == "winner" and reading.arm != "control":
        assert reading.arm in better
    if reading.verdict in {"keep going", "stopped without an answer"}:
        inside = {it["arm"] for it in decision["intervals"] if it["low"] >= -decision["rope"]}
        assert better <= inside


def test_equal_data_give_equal_readings() -> None:
    first, second = read(trial([0.05, 0.07, 0.06])), read(trial([0.05, 0.07, 0.06]))

    assert json.dumps(as_json(first.data)) == json.dumps(as_json(second.data))
    assert (first.sentence, first.tables) == (second.sentence, second.tables)
    assert first.picture is not None
    assert second.picture is not None
    assert first.picture() == second.picture()


def test_the_table_and_the_numbers_are_of_the_same_customers() -> None:
    reading = read(trial([0.05, 0.10]))
    arms = reading.data["goals"]["ordered"]["arms"]

    assert cell(reading, "ordered", 1, "units") == f"{arms['offer']['units']:,}"
    assert cell(reading, "ordered", 1, "rate") == f"{100 * arms['offer']['value']:.2f} %"


# ------------------------------------------------------------------ the prior


def test_the_prior_is_printed_and_what_was_learned_is_used() -> None:
    plain = read(trial([0.05, 0.07]))
    learned = read(trial([0.05, 0.07], learned={"lift_prior": 0.02, "experiments": 9}))

    assert "lift prior N(0, 5 %)." in plain.tables[0].notes[0]
    assert "N(0, 2 %), learned from 9 experiments" in learned.tables[0].notes[0]
    lifts = [
        it.data["goals"]["ordered"]["arms"]["offer"]["lift"]["mean"] for it in (plain, learned)
    ]
    assert 0 < lifts[1] < lifts[0]


def test_a_prior_of_the_playbook_stands_before_what_was_learned() -> None:
    reading = read(trial([0.05, 0.07], learned={"lift_prior": 0.02}), prior="10%")

    assert reading.data["prior"]["tau"] == 0.1


def test_only_experiments_that_are_over_teach() -> None:
    assert BAYES_AB.learn is not None
    config = BayesAB()
    over = [(config, trial([0.05, 0.05 * lift], 20_000)) for lift in (1.5, 0.6, 1.4, 0.7, 1.6)]
    going_on = [(config, trial([0.05, 0.05], 20_000, day=20))] * 5

    taught = BAYES_AB.learn([*over, *going_on])

    assert taught["experiments"] == 5
    assert taught["lift_prior"] > 0.05
    assert BAYES_AB.learn(going_on) == {"lift_prior": 0.05, "experiments": 0}


def test_an_experiment_whose_arms_are_not_comparable_teaches_nothing() -> None:
    assert BAYES_AB.learn is not None
    lost = replace(trial([0.05, 0.1], 20_000), weights=(0.6, 0.4))

    assert BAYES_AB.learn([(BayesAB(), lost)] * 5) == {"lift_prior": 0.05, "experiments": 0}


# ------------------------------------------------------------------ without an end


def test_what_has_no_end_goes_on_after_the_horizon_and_may_win_then() -> None:
    month = read(trial([0.05, 0.055], 300, lasting=True))
    year = read(trial([0.05, 0.06], 40_000, day=365, lasting=True))

    assert month.verdict == "keep going"
    assert month.sentence.startswith("Not enough data yet; it has no end, so look whenever")
    assert (year.verdict, year.arm) == ("winner", "offer")
    assert year.sentence.endswith("(day 365, valid whenever you look).")
    assert " % and +" in year.sentence


def test_what_has_no_end_has_no_looks_in_its_table_numbers_and_picture() -> None:
    reading = read(trial([0.05, 0.06], 40_000, day=365, lasting=True))

    assert cell(reading, "What decides, at any time, today is day 365", 0, "is") == "better"
    assert (reading.data["horizon"], reading.data["decision"]["look"]) == (None, 0)
    assert reading.data["decision"]["intervals"] == reading.data["decision"]["always_valid"]
    assert reading.picture is not None
    assert "a planned look" not in reading.picture()


def test_what_has_no_end_can_be_broken_empty_or_unknown() -> None:
    lost = replace(trial([0.05, 0.1], lasting=True), weights=(0.6, 0.4))

    assert (read(lost).verdict, cell(read(lost), "What decides", 0, "is")) == ("broken", "open")
    assert "can be found" in read(replace(nobody(), lasting=True)).tables[0].title
    assert "Not enough data" in read(trial([0.0, 0.0], 50, lasting=True)).sentence


def test_what_has_no_end_teaches_nothing() -> None:
    assert BAYES_AB.learn is not None
    holdout = trial([0.05, 0.1], 20_000, lasting=True)

    assert BAYES_AB.learn([(BayesAB(), holdout)])["experiments"] == 0


# ------------------------------------------------------------------ parts


def test_a_trait_that_explains_saves_variance_and_says_how_much() -> None:
    random = np.random.default_rng(5)
    habit = random.random(4000)
    arm = np.arange(4000) % 2
    unit = np.flatnonzero(random.random(4000) < habit)
    at = np.linspace(0, 28 * DAY, 4000, endpoint=False).astype(np.int64)
    outcome = Outcome(
        Goal("ordered", "conversion", DAY), Happened(unit, at[unit] + 1, np.ones(len(unit)))
    )
    units = Units(arm, at, np.full(4000, 0.5), {"habit": habit})
    whole = Trial("winback", ARMS[:2], (0.5, 0.5), 28 * DAY, units, (outcome,))

    reading = read(whole, cuped="habit")

    assert reading.data["goals"]["ordered"]["cuped_saved"] > 0.2
    assert any("CUPED saved" in note for note in reading.tables[0].notes)

    none = replace(nobody().outcomes[0], goal=Goal("paid", "mean", DAY))
    early = read(replace(whole, outcomes=(none,)), cuped="habit")
    assert "nothing yet" in early.tables[0].title
    assert not any("CUPED" in note for note in early.tables[0].notes)


def test_segments_factors_and_uplift_have_tables_of_their_own() -> None:
    random = np.random.default_rng(2)
    whole = trial([0.1, 0.2], 1000)
    units = replace(
        whole.units,
        segments={"regulars": random.random(2000) < 0.3},
        traits={"spend": random.random(2000)},
    )
    whole = replace(whole, units=units, levels={"subject": ("plain", "warm")})

    reading = read(whole, uplift=["spend"])

    titles = [table.title for table in reading.tables]
    assert "ordered, by segment" in titles
    assert "ordered, by factor" in titles
    assert "Who gains most (uplift)" in titles
    assert cell(reading, "by segment", 0, "segment") == "regulars"
    assert cell(reading, "by factor", 0, "level") == "warm"


def test_an_effect_that_wears_off_is_told() -> None:
    whole = trial([0.2, 0.2], 20_000, day=28)
    keep = (
        (whole.units.at[whole.outcomes[0].happened.unit] < 7 * DAY)
        | (whole.units.arm[whole.outcomes[0].happened.unit] == 0)
        | (np.arange(len(whole.outcomes[0].happened.unit)) % 2 == 0)
    )
    happened = whole.outcomes[0].happened
    fading = Happened(happened.unit[keep], happened.at[keep], happened.amount[keep])
    whole = replace(whole, outcomes=(replace(whole.outcomes[0], happened=fading),))

    assert any("not steady" in warning for warning in read(whole).warnings)


def test_a_bandits_arms_are_read_by_their_probabilities_and_not_called_broken() -> None:
    whole = trial([0.1, 0.1], 1000, adaptive=True, weights=(0.5, 0.5))
    units = replace(whole.units, probability=np.where(whole.units.arm == 0, 0.7, 0.3))

    reading = read(replace(whole, units=units))

    assert reading.verdict != "broken"
    assert "sample ratio" not in reading.data["checks"]


# ------------------------------------------------------------------ little or nothing


def nobody() -> Trial:
    empty = np.empty(0, dtype=np.int64)
    happened = Happened(empty, empty, np.empty(0))
    units = Units(empty, empty, np.empty(0))
    outcome = Outcome(Goal("ordered", "conversion", DAY), happened)
    return Trial("winback", ARMS[:2], (0.5, 0.5), 0, units, (outcome,))


def test_before_anybody_has_an_arm_it_says_what_can_be_found() -> None:
    reading = read(nobody())

    assert (reading.verdict, reading.sentence) == (
        "keep going",
        "Nobody has been given an arm yet.",
    )
    assert cell(reading, "smallest lift", 1, "customers an arm") == "1,000"
    assert cell(reading, "smallest lift", 1, "5 % do it").startswith("+")


@pytest.mark.parametrize("rates", [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0, 0.0]], ids=str)
def test_all_or_nothing_is_told_in_words(rates: list[float]) -> None:
    reading = read(trial(rates, 50))

    assert reading.sentence
    json.dumps(as_json(reading.data), allow_nan=False)
    assert reading.picture is not None
    ET.fromstring(reading.picture())


def test_an_arm_that_nobody_has_is_told_in_words() -> None:
    whole = trial([0.1, 0.1], 50)
    reading = read(replace(whole, arms=ARMS, weights=(0.5, 0.5, 0.0)))

    assert reading.sentence
    json.dumps(as_json(reading.data), allow_nan=False)


def test_one_arm_has_nothing_to_be_compared_with() -> None:
    reading = read(trial([0.1], 50))

    assert "nothing to compare" in reading.sentence
    json.dumps(as_json(reading.data), allow_nan=False)
    assert reading.picture is not None
    ET.fromstring(reading.picture())


# ------------------------------------------------------------------ the picture


def test_the_picture_stands_by_itself_and_names_what_it_shows() -> None:
    whole = trial([0.05, 0.10], name="tea & <cake>")
    picture = read(whole).picture
    assert picture is not None

    document = ET.fromstring(picture())

    text = " ".join(document.itertext())
    assert "tea & <cake>" in text
    assert "offer wins" in text
    assert all(name in text for name in ARMS[:2])
    assert "http" not in picture().replace('xmlns="http://www.w3.org/2000/svg"', "")


# ------------------------------------------------------------------ the settings


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"horizon": "1mo"}, "days or weeks"),
        ({"alpha": "0%"}, "5%"),
        ({"prior": "0%"}, "5%"),
        ({"looks": 0}, "greater than or equal to 1"),
        ({"rope": 5}, "percentage"),
    ],
)
def test_settings_that_decide_nothing_are_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        BayesAB.model_validate(words)


def test_the_traits_that_it_reads_are_named_once() -> None:
    config = BayesAB.model_validate({"cuped": "spend", "uplift": ["spend", "visits"]})

    assert list(BAYES_AB.traits(config)) == ["spend", "visits"]


def test_arms_are_told_in_the_words_of_a_quick_question_within_80_columns() -> None:
    reading = read(trial([0.05, 0.06], 2000, day=20))
    quick = told(answer("conversion", [Totals("control", 2000, 100), Totals("offer", 2000, 118)]))

    assert [head for head in reading.tables[0].columns if head != "units"] == list(quick.columns)
    for table in (reading.tables[0], quick):
        assert "loss: what choosing it gives away on average" in " ".join(table.notes)
        widths = [max(map(len, cells)) for cells in zip(table.columns, *table.rows, strict=True)]
        assert sum(widths) + 3 * (len(widths) - 1) <= 80


def test_a_goal_too_rare_to_say_anything_says_how_long_it_would_take() -> None:
    silent, rare = read(trial([0.0, 0.0], 50, day=10)), read(trial([0.002, 0.002], 1000, day=10))

    for reading in (silent, rare):
        assert reading.verdict == "keep going"
        assert "ordered is too rare: 28 days find only a lift of" in reading.sentence
    assert "To find a doubling takes about 6" in silent.sentence
    assert "put a goal first that happens more often" in rare.sentence
    assert "too rare" not in read(trial([0.0, 0.0], 50, day=3)).sentence


def test_a_goal_without_any_amount_yet_says_what_to_look_for() -> None:
    whole = trial([0.0, 0.0], 50, day=10)
    unsold = replace(whole.outcomes[0], goal=replace(whole.outcomes[0].goal, kind="revenue"))

    told = read(replace(whole, outcomes=(unsold,))).sentence

    assert "ordered says nothing of the arms. See that its events come in" in told


def test_segments_tell_what_they_can_find_as_the_whole_does() -> None:
    whole = trial([0.05, 0.05], 4000)
    few = np.arange(len(whole.units)) % 20 < 2
    units = replace(whole.units, segments={"all": np.ones_like(few), "few": few})
    reading = read(replace(whole, units=units))

    assert cell(reading, "by segment", 0, "can find") == cell(reading, "decides", 0, "can find")
    everybody, some = (each["smallest_lift"] for each in reading.data["segments"])
    assert np.log1p(some) == pytest.approx(np.log1p(everybody) * 10**0.5, rel=0.2)
