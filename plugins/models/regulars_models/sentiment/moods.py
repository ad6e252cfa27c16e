"""From texts to moods: which way to read them is chosen, and what each customer wrote fades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from regulars.hooks import Fitted, instant, micros

from . import dictionary
from .own import Own, learn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from regulars.hooks import ModelData

    from .kind import Sentiment

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

LEAST = 50  # happy and unhappy reviews each, to learn from one's own
FADED = 6  # half-lives after which a text doesn't count


@dataclass(frozen=True)
class Texts:
    """Texts by customer and then by time; ``weight`` is what time has left of each."""

    customer: Whole
    weight: Floats
    texts: Sequence[str]
    stars: Floats | None

    @classmethod
    def of(cls, config: Sentiment, data: ModelData, *, all_times: bool = False) -> Texts:
        """Those that customers wrote; with ``all_times`` those that have faded as well."""
        event, _, name = config.text.partition(".")
        events, half = data.events[event], _half_life(config, data)
        if not all_times:
            events = events.between(data.now - FADED * half, data.now)
        written = np.array([bool(text and text.strip()) for text in events.texts[name]], np.bool_)
        stars = _stars(config, data) if all_times else None
        return cls(
            events.customer[written],
            np.exp2((events.at[written] - data.now) / half),
            events.texts[name][written].tolist(),
            None if stars is None else stars[written],
        )


def fit(config: Sentiment, data: ModelData, _seed: int) -> Fitted | str:
    """The way to read texts, and what it is made of."""
    texts = Texts.of(config, data, all_times=True)
    if not len(texts.texts):
        return f"Nobody has written anything in '{config.text}' yet."
    own = None if config.method == "vader" else _own(config, texts)
    if config.method == "own" and isinstance(own, str):
        return own
    if config.method != "own" and not dictionary.installed() and not isinstance(own, Fitted):
        return dictionary.MISSING
    if isinstance(own, Fitted) and not _dictionary_is_better(config, own):
        return own
    return _by_dictionary(config, texts.texts, own)


def score(config: Sentiment, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    """Each customer's mood over all that they wrote, the newest counts most; and the last one."""
    texts = Texts.of(config, data)
    if fitted.parameters["method"] == "own":
        moods = Own.from_arrays(fitted.arrays).moods(texts.texts)
    else:
        moods = dictionary.moods(texts.texts)
    known = ~np.isnan(moods)
    who, weight = texts.customer[known], texts.weight[known]
    total = np.bincount(who, weight * moods[known], len(data))
    weights = np.bincount(who, weight, len(data))
    mood = np.divide(total, weights, out=np.full(len(data), np.nan), where=weights > 0)
    last = np.full(len(data), np.nan)
    last[who] = moods[known]  # the last one of each customer stays
    return {"mood": np.clip(mood, -1, 1), "last": last}


def _by_dictionary(
    config: Sentiment, texts: Sequence[str], own: Fitted | str | None
) -> Fitted | str:
    """What there is to tell of reading by the dictionary: nothing of it is learned."""
    known = dictionary.known(texts)
    helps = "The dictionary is English; of texts in another language write stars, and it learns."
    if not known:
        return f"No text in '{config.text}' has an English word that the dictionary knows. {helps}"
    few = f"The dictionary knows words in only {known:,} of {len(texts):,} texts. {helps}"
    says = ["Texts are read by a dictionary of English.", *([own] if isinstance(own, str) else [])]
    return Fitted(
        {"method": "vader"},
        diagnostics={
            "texts": len(texts),
            "texts with a known word": known,
            "words": [few] if 2 * known < len(texts) else [],
        },
        metrics={**(own.metrics if isinstance(own, Fitted) else {}), "says": says},
    )


def _half_life(config: Sentiment, data: ModelData) -> int:
    return data.now - micros(config.half_life.before(instant(data.now), data.zone))


def _stars(config: Sentiment, data: ModelData) -> Floats | None:
    """The rating beside each text, 1 to the best; NaN where there is none."""
    if config.stars is None:
        return None
    event, _, name = config.stars.partition(".")
    return data.events[event].amounts[name]


def _own(config: Sentiment, texts: Texts) -> Fitted | str:
    """What the client's own reviews teach; a sentence if they are too few."""
    if texts.stars is None:
        return "To learn from your own reviews it must know their ratings: write stars."
    middle = (1 + config.best) / 2
    rated = np.flatnonzero((texts.stars != middle) & ~np.isnan(texts.stars))
    happy = texts.stars[rated] > middle
    counts = int(happy.sum()), int((~happy).sum())
    if min(counts) < LEAST:
        return (
            f"{counts[0]} happy and {counts[1]} unhappy reviews have a text; {LEAST} of each are "
            "needed to learn from your own."
        )
    chosen = [texts.texts[place] for place in rated.tolist()]
    own, unseen = learn(chosen, texts.customer[rated], happy)
    right: dict[str, float] = {
        "own": _balanced(unseen, happy),
        "always the same": 0.5,
    }
    if dictionary.installed():
        right["vader"] = _balanced(dictionary.moods(chosen), happy)
    return Fitted(
        {"method": "own"},
        own.arrays(),
        {"texts": len(texts.texts), "rated texts": len(rated), "words": len(own.weights)},
        {"right about reviews it hasn't seen": right},
        _drivers(own),
    )


def _balanced(moods: Floats, happy: NDArray[np.bool_]) -> float:
    """The share it is right about, happy and unhappy reviews counting alike; unknown is half."""
    right = np.where(np.isnan(moods) | (moods == 0), 0.5, (moods > 0) == happy)
    return float((right[happy].mean() + right[~happy].mean()) / 2)


def _dictionary_is_better(config: Sentiment, own: Fitted) -> bool:
    right = own.metrics["right about reviews it hasn't seen"]
    return bool(config.method == "auto" and right.get("vader", 0.0) > right["own"])


def _drivers(own: Own) -> dict[str, float]:
    """The words that say most."""
    most = np.argsort(-np.abs(own.weights), kind="stable")[:20]
    return {
        f"{'happy' if own.weights[place] > 0 else 'unhappy'}: {own.vocabulary.words[place]}": abs(
            float(own.weights[place])
        )
        for place in most.tolist()
    }
