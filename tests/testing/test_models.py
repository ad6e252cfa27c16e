"""The kit for models: it lets the honest through, and finds each way of breaking the word."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from regulars.errors import PluginError
from regulars.hooks import DAY, Fitted, ModelKind, Output, Reads, Reason, Settings
from regulars.testing import ModelConformance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from regulars.hooks import ModelData


class Silence(Settings):
    """How unusual it is that nothing was heard for so long."""

    event: str


def outputs(_config: Silence) -> Mapping[str, Output]:
    return {"unusual": Output("share of pauses that were shorter", low=0, high=1)}


def fit(config: Silence, data: ModelData, _seed: int) -> Fitted | str:
    events = data.events[config.event]
    pauses = np.diff(events.at)[np.diff(events.customer) == 0] / DAY
    if len(pauses) < 10:
        return f"{len(pauses)} pauses; 10 are needed"
    return Fitted({}, {"pauses": np.sort(pauses)})


def score(config: Silence, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    silent = _silent(config, data)["silent"]
    pauses = fitted.arrays["pauses"]
    shorter = np.searchsorted(pauses, silent) / len(pauses)
    return {"unusual": np.where(np.isnan(silent), np.nan, shorter)}


def _silent(config: Silence, data: ModelData) -> Mapping[str, NDArray[Any]]:
    events = data.events[config.event]
    last = np.full(len(data), np.nan)
    last[events.customer] = events.at
    return {"silent": (data.now - last) / DAY}


def explain(config: Silence, fitted: Fitted, data: ModelData) -> Mapping[str, list[Reason]]:
    of = score(config, fitted, data)["unusual"][0]
    days = _silent(config, data)["silent"][0]
    return {} if np.isnan(of) else {"unusual": [Reason(f"silent for {days:.0f} days", of - 0.5)]}


SILENCE = ModelKind(
    "silence",
    "How unusual the silence is",
    Silence,
    outputs,
    lambda config: Reads(events=[config.event], traits=["orders", "last"], cutoffs=[30 * DAY]),
    fit,
    score,
    _silent,
    explain,
)


class TestSilence(ModelConformance):
    kind = SILENCE
    settings = {"event": "order"}


# ---------------------------------------------------------------------- those who break it

_CALLS = itertools.count()


def _grumpy(_config: Silence, _data: ModelData, _seed: int) -> Fitted | str:
    return Fitted({}, {"pauses": np.arange(float(next(_CALLS) + 1))})


def _moody(_config: Silence, _fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    return {"unusual": np.full(len(data), 1 / (next(_CALLS) + 2))}


def _crowded(config: Silence, _fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    silent = _silent(config, data)["silent"]
    return {"unusual": np.argsort(np.argsort(silent)) / max(1, len(data))}


def _forgetful(_config: Silence, _data: ModelData, _seed: int) -> Fitted | str:
    return Fitted({"days": (1, 2)}, {"pauses": np.arange(9.0)})


def _by_tuple(_config: Silence, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    kept = isinstance(fitted.parameters["days"], tuple)
    return {"unusual": np.full(len(data), 0.5 if kept else 0.4)}


def _proud(_config: Silence, _fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    return {"unusual": np.full(len(data), 2.0)}


def _fragile(config: Silence, data: ModelData, _seed: int) -> Fitted | str:
    events = data.events[config.event]
    return Fitted({"longest": int(events.at.max())}, {"pauses": np.arange(9.0)})


def _meddling(config: Silence, _fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    data.events[config.event].at[:] = 0
    return {"unusual": np.full(len(data), 0.5)}


def _silenced(_config: Silence, _fitted: Fitted, _data: ModelData) -> Mapping[str, list[Reason]]:
    return {"unusual": [Reason(" ", np.nan)]}


BROKEN: dict[str, tuple[ModelKind, Callable[..., None]]] = {
    "learns by chance": (
        replace(SILENCE, fit=_grumpy),
        ModelConformance.test_it_learns_the_same_from_the_same,
    ),
    "scores by chance": (
        replace(SILENCE, score=_moody),
        ModelConformance.test_scores_are_the_same_when_asked_again,
    ),
    "ranks among those present": (
        replace(SILENCE, score=_crowded),
        ModelConformance.test_a_customer_alone_is_scored_as_among_all,
    ),
    "promises less than it says": (
        replace(SILENCE, score=_proud),
        ModelConformance.test_it_scores_somebody,
    ),
    "can't stand nobody": (
        replace(SILENCE, fit=_fragile),
        ModelConformance.test_nobody_is_no_trouble,
    ),
    "changes what it is told": (
        replace(SILENCE, score=_meddling),
        ModelConformance.test_it_scores_somebody,
    ),
    "learns nothing": (
        replace(SILENCE, fit=lambda _config, _data, _seed: "never"),
        ModelConformance.test_it_learns_from_the_world,
    ),
    "explains without words": (
        replace(SILENCE, explain=_silenced),
        ModelConformance.test_it_explains_scores_that_it_gives,
    ),
    "has too few inputs": (
        replace(SILENCE, inputs=lambda _config, _data: {"silent": np.zeros(1)}),
        ModelConformance.test_its_inputs_are_numbers_of_each_customer,
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_model_is_found_out_that(how: str) -> None:
    kind, finds = BROKEN[how]
    tried = ModelConformance()
    tried.kind, tried.settings = kind, {"event": "order"}
    with pytest.raises((AssertionError, PluginError, ValueError)):
        finds(tried)


def test_a_model_is_found_out_that_counts_on_tuples(tmp_path: Path) -> None:
    tried = ModelConformance()
    tried.kind = replace(SILENCE, fit=_forgetful, score=_by_tuple)
    tried.settings = {"event": "order"}
    with pytest.raises(AssertionError):
        tried.test_scores_are_the_same_after_what_it_learned_was_kept(tmp_path)
