"""Moods of texts, by a dictionary of English or by the words of one's own rated reviews."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError
from regulars.hooks import DAY, Fitted, ModelData, ModelEvents
from regulars.testing import ModelConformance, World, made_up
from regulars_models.sentiment import dictionary
from regulars_models.sentiment.kind import SENTIMENT, Sentiment
from regulars_models.sentiment.moods import fit, score
from regulars_models.sentiment.words import words_of

NOW = 20_000 * DAY
HAPPY = ("warmes frisches Brot", "sehr freundlich und lecker", "immer wieder gern, lecker")
UNHAPPY = ("altes trockenes Brot", "unfreundlich und teuer", "nicht lecker, nie wieder")


class TestOwnWords(ModelConformance):
    kind = SENTIMENT
    settings = {"text": "review.text", "stars": "review.stars", "method": "own"}

    def world(self) -> World:
        return made_up(self.model.reads, amounts=(1, 5), words=(*HAPPY, *UNHAPPY))


class TestVader(ModelConformance):
    kind = SENTIMENT
    settings = {"text": "review.text"}

    def world(self) -> World:
        return made_up(self.model.reads, people=60, words=("lovely bread", "stale, never again"))


def reviews(*said: tuple[int, float, str | None, float], people: int) -> ModelData:
    """Customer, how many days ago, what they wrote, and stars."""
    who, ago, texts, stars = zip(*said, strict=True)
    events = ModelEvents(
        np.array(who),
        NOW - (np.array(ago) * DAY).astype(np.int64),
        np.ones(len(who), np.int64),
        {"stars": np.array(stars, float)},
        {"text": np.array(texts, object)},
    )
    return ModelData(NOW, ZoneInfo("UTC"), np.arange(people), {"review": events})


def german(count: int = 120, *, wrong: float = 0.0) -> ModelData:
    """As many happy reviews as unhappy ones, a share of them with the wrong stars."""
    random = np.random.default_rng(4)
    said = []
    for n in range(count):
        happy = n % 2 == 0
        text = str(random.choice(HAPPY if happy else UNHAPPY))
        good = happy != (random.random() < wrong)
        name = "Kunde" + "abcdefghij"[n % 10] * (1 + n // 10)
        said.append((n, 3.0, f"{text} {name}", 5.0 if good else 1.0))
    return reviews(*said, (count, 3.0, "unfreundlich", np.nan), people=count + 2)


@pytest.mark.parametrize(
    ("text", "compound"),
    [
        ("VADER is smart, handsome, and funny.", 0.8316),
        ("Today SUX!", -0.5461),
        ("Not bad at all", 0.431),
    ],
)
def test_english_is_read_as_published(text: str, compound: float) -> None:
    assert dictionary.moods([text]).tolist() == [compound]


def test_words_of_ones_own_reviews_are_learned_in_any_language() -> None:
    config = Sentiment(text="review.text", stars="review.stars")
    fitted = fit(config, german(), 0)
    assert isinstance(fitted, Fitted)
    moods = score(config, fitted, german())["mood"]

    assert fitted.parameters["method"] == "own"
    assert fitted.metrics["right about reviews it hasn't seen"]["own"] > 0.95
    assert (moods[:120:2] > 0.5).all()
    assert (moods[1:120:2] < -0.5).all()
    assert moods[120] < 0
    assert np.isnan(moods[121])


def test_what_is_learned_has_no_word_of_a_single_customer() -> None:
    config = Sentiment(text="review.text", stars="review.stars", method="own")
    fitted = fit(config, german(), 0)
    assert isinstance(fitted, Fitted)
    assert not [word for word in fitted.arrays["words"] if str(word).startswith("kunde")]


def test_moods_are_less_sure_where_ratings_contradict_words() -> None:
    config = Sentiment(text="review.text", stars="review.stars", method="own")
    sure, unsure = (fit(config, german(400, wrong=wrong), 0) for wrong in (0.0, 0.3))
    assert isinstance(sure, Fitted)
    assert isinstance(unsure, Fitted)
    moods = [np.nanmean(np.abs(score(config, f, german())["mood"])) for f in (sure, unsure)]
    assert moods[1] < 0.6 < moods[0]


def test_the_newest_text_counts_most() -> None:
    config = Sentiment(text="review.text", half_life="30d", method="vader")
    data = reviews((0, 60.0, "I hate it", 1.0), (0, 0.0, "I love it", 5.0), people=1)
    told = score(config, Fitted({"method": "vader"}), data)
    bad, good = dictionary.moods(["I hate it", "I love it"])
    assert told["mood"].tolist() == pytest.approx([(bad / 4 + good) / 1.25])
    assert told["last"].tolist() == [good]


@pytest.mark.parametrize(
    ("settings", "data", "told"),
    [
        ({"method": "own"}, german(60), "30 happy and 30 unhappy reviews have a text; 50 of each"),
        ({"stars": None, "method": "own"}, german(), "it must know their ratings: write stars"),
        ({}, reviews((0, 1.0, " ", 5.0), people=1), "Nobody has written anything"),
        ({"stars": None}, reviews((0, 1.0, "3", 5.0), people=1), "The dictionary is English; of"),
    ],
)
def test_too_little_is_told_in_a_sentence(
    settings: dict[str, Any], data: ModelData, told: str
) -> None:
    config = Sentiment(**{"text": "review.text", "stars": "review.stars"} | settings)
    assert told in str(fit(config, data, 0))


def test_text_and_stars_are_of_one_event() -> None:
    with pytest.raises(ValidationError, match="properties of one event"):
        Sentiment(text="review.text", stars="order.stars")


def test_a_word_after_a_negation_is_another_one() -> None:
    assert words_of("Not good. I don\N{RIGHT SINGLE QUOTATION MARK}t care!") == [
        *("not", "not_good", "i", "don't", "not_care"),
    ]


def test_a_text_without_a_word_of_the_dictionary_has_no_mood() -> None:
    moods = dictionary.moods(["3", "12.50", "sehr lecker", "a table", "The cake was good, but bad"])
    assert np.isnan(moods[:4]).all()
    assert not np.isnan(moods[4])
    told = score(
        Sentiment(text="review.text"),
        Fitted({"method": "vader"}),
        reviews((0, 1.0, "7", 1.0), (1, 2.0, "great", 1.0), (1, 1.0, "8", 1.0), people=2),
    )
    assert np.isnan(told["mood"][0])
    assert told["last"][1] == told["mood"][1] > 0.5


@pytest.mark.parametrize(
    ("foreign", "warned"), [(1, []), (9, ["The dictionary knows words in only 2 of 11 texts."])]
)
def test_texts_that_are_not_english_are_warned_of(foreign: int, warned: list[str]) -> None:
    german = [(n, 1.0, "Die Torte war lecker", 5.0) for n in range(foreign)]
    english = [(n, 1.0, "I love it", 5.0) for n in range(foreign, foreign + 2)]
    data = reviews(*german, *english, people=foreign + 2)
    fitted = fit(Sentiment(text="review.text"), data, 0)
    assert isinstance(fitted, Fitted)
    assert fitted.metrics["says"][0] == "Texts are read by a dictionary of English."
    assert [word[:48] for word in fitted.diagnostics["words"]] == [word[:48] for word in warned]
