"""What ``regulars ab`` computes and says, without the command line."""

from __future__ import annotations

import pytest
from regulars_models.bayes_ab.quick.answer import Answer, Prior, answer
from regulars_models.bayes_ab.quick.totals import Kind, Totals, read
from regulars_models.bayes_ab.quick.words import told

REVENUE = ["control=30/400:17.50:9", "offer=36/410:18:12"]
INPUTS: dict[Kind, list[str]] = {
    "conversion": ["control=10/100", "offer=15/100"],
    "count": ["control=20/100", "offer=28/100"],
    "mean": ["control=20:10:2", "offer=25:11:2.23606797749979"],
    "revenue": REVENUE,
}


def asked(kind: Kind, words: list[str], prior: Prior = "flat", *, less: bool = False) -> Answer:
    return answer(kind, read(kind, words, flat=prior == "flat"), prior, less_is_better=less)


@pytest.mark.parametrize(
    ("kind", "chance", "loss"),
    [
        ("conversion", 0.853283789933966, 0.0035780881307),
        ("count", 0.873565134916, 0.00445219473318),
        ("mean", 0.9347862408, 0.019979016),
    ],
)
def test_a_flat_prior_gives_the_exact_answers(kind: Kind, chance: float, loss: float) -> None:
    found = asked(kind, INPUTS[kind]).as_json()

    assert found["p_beats_control"] == {"offer": pytest.approx(chance, abs=1e-9)}
    assert found["arms"]["offer"]["p_best"] == pytest.approx(chance, abs=1e-9)
    assert found["arms"]["offer"]["expected_loss"] == pytest.approx(loss, abs=1e-9)


def test_json_has_these_keys_and_no_others() -> None:
    found = asked("conversion", INPUTS["conversion"]).as_json()

    assert set(found) == {"arms", "p_beats_control"}
    assert set(found["arms"]) == {"control", "offer"}
    assert set(found["arms"]["offer"]) == {"p_best", "expected_loss", "rate", "interval"}
    assert found["arms"]["offer"]["rate"] == 0.15
    assert found["arms"]["offer"]["interval"] == pytest.approx([0.09334662, 0.23309690])


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("prior", ["lift", "flat"])
def test_less_is_better_turns_every_chance_round(kind: Kind, prior: Prior) -> None:
    more = asked(kind, INPUTS[kind], prior)
    less = asked(kind, INPUTS[kind], prior, less=True)

    for arm, other in zip(more.arms, less.arms, strict=True):
        assert arm.p_best + other.p_best == pytest.approx(1)
    assert more.arms[0].expected_loss == pytest.approx(less.arms[1].expected_loss)


@pytest.mark.parametrize("kind", INPUTS)
def test_a_lift_prior_is_slower_to_believe_than_a_flat_one(kind: Kind) -> None:
    flat, lift = (asked(kind, INPUTS[kind], prior).arms[1].p_best for prior in ("flat", "lift"))

    assert 0.5 < lift < flat


@pytest.mark.parametrize("prior", ["lift", "flat"])
def test_money_is_counted_for_each_visitor(prior: Prior) -> None:
    found = asked("revenue", REVENUE, prior)

    assert [arm.rate for arm in found.arms] == pytest.approx([30 * 17.5 / 400, 36 * 18 / 410])
    for arm in found.arms:
        assert arm.interval is not None
        assert arm.interval[0] < (arm.rate or 0) < arm.interval[1]


def test_relabelling_arms_relabels_the_answer() -> None:
    words = ["a=10/100", "b=15/100", "c=9/80"]
    for prior in ("lift", "flat"):
        found = asked("conversion", words, prior).as_json()["arms"]
        turned = asked("conversion", words[::-1], prior).as_json()["arms"]
        for name, arm in found.items():
            assert arm["p_best"] == pytest.approx(turned[name]["p_best"])
            assert arm["expected_loss"] == pytest.approx(turned[name]["expected_loss"])


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("conversion", ["a=3/10"], "There is one arm, so there is nothing to compare."),
        ("conversion", ["a=0/50", "b=0/50"], "Not enough data yet: a leads"),
        ("revenue", ["a=0/9", "b=0/8"], "Nothing is known of any arm yet."),
        ("conversion", ["a=50000000/1000000000", "b=50100000/1000000000"], "b is the best arm"),
        ("conversion", ["a=0/0", "b=30/50"], "Not enough data yet:"),
        ("conversion", ["a=7/7", "b=7/7"], "Not enough data yet: a leads"),
    ],
)
@pytest.mark.parametrize("prior", ["lift", "flat"])
def test_degenerate_totals_have_an_answer_in_words(
    kind: Kind, words: list[str], said: str, prior: Prior
) -> None:
    found = asked(kind, words, prior)

    assert told(found).notes[0].startswith(said)
    assert sum(arm.p_best for arm in found.arms) == pytest.approx(1)


def test_what_is_said_has_its_prior_and_its_units() -> None:
    lift, flat = (told(asked("conversion", INPUTS["conversion"], p)) for p in ("lift", "flat"))

    assert lift.title == "Who converts, lift prior N(0, 5 %)"
    assert flat.title == "Who converts, flat prior"
    assert flat.columns == ("arm", "rate", "95 % sure", "best", "loss")
    assert flat.rows[1] == ("offer", "15.0 %", "9.3 to 23.3 %", "85.3 %", "0.36 pp (2.3 %)")
    assert lift.columns == ("arm", "rate", "best", "loss", "lift, 95 % sure")
    assert lift.rows[1][4] == "+0.7 %, -8.6 to +11.0 %"


def test_three_arms_are_each_compared_with_the_control() -> None:
    found = told(asked("conversion", ["a=10/100", "b=15/100", "c=12/100"]))

    place = found.columns.index("beats control")
    assert [row[place] for row in found.rows] == ["-", "85.3 %", "67.1 %"]


@pytest.mark.parametrize(
    ("kind", "word", "reason"),
    [
        ("conversion", "a=15-100", "write a conversion as NAME=CONVERTED/VISITORS, as in offer="),
        ("conversion", "=15/100", "write a conversion as NAME="),
        ("conversion", "a=3/2", "more converted than came"),
        ("conversion", f"a=1/{10**13}", "check the digits"),
        ("count", "a=3/0", "leave this arm out"),
        ("mean", "a=2:10:1", "at least 3 customers"),
        ("mean", "a=9:10:0", "give it with more digits"),
        ("revenue", "a=4/3:1:1", "more bought than came"),
        ("revenue", "a=4/30", "what did a buyer spend?"),
        ("revenue", "a=4/30:12", "how does it vary between buyers?"),
        ("revenue", "a=0/30:12:3", "write BUYERS/VISITORS alone"),
    ],
)
def test_totals_that_can_not_be_right_say_what_to_write(kind: Kind, word: str, reason: str) -> None:
    with pytest.raises(ValueError, match="^" + word) as failed:
        read(kind, [word], flat=True)

    assert reason in str(failed.value)


def test_a_mean_below_zero_has_no_lift() -> None:
    assert read("mean", ["a=9:-1:2"], flat=True) == (Totals("a", 9, -9, -1, 2),)
    with pytest.raises(ValueError, match="use --prior flat"):
        read("mean", ["a=9:-1:2"], flat=False)


def test_all_wrong_totals_are_told_at_once() -> None:
    with pytest.raises(ValueError, match="a=1") as failed:
        read("conversion", ["a=1", "b=3/2", "c=5/10", "c=1/2"], flat=True)

    assert [line.split(":")[0] for line in str(failed.value).splitlines()] == [
        "a=1",
        "b=3/2",
        "c=1/2",
    ]


def test_one_buyer_needs_no_spread_and_none_no_mean() -> None:
    assert read("revenue", ["a=0/30", "b=1/30:12"], flat=True) == (
        Totals("a", 30, 0),
        Totals("b", 30, 12, 12, 0, 1),
    )
