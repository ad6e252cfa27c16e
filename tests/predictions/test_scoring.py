"""What a model says is held to what it promised, before anybody acts on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from regulars.customers.lists import items_of
from regulars.customers.scores import PlannedModel
from regulars.errors import PluginError
from regulars.hooks import Fitted, ModelData, ModelKind, Output, Reads, Settings
from regulars.playbook.models import Model
from regulars.predictions.scoring import scores_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def said(output: Output, values: Sequence[Any]) -> list[Any]:
    """What is kept of ``values``, one a customer, of a model whose only score is ``output``."""
    given = np.empty(len(values), dtype=object)
    given[:] = values
    kind = ModelKind(
        "parrot",
        "Says what it is told to",
        Settings,
        lambda _config: {"word": output},
        lambda _config: Reads(),
        lambda _config, _data, _seed: Fitted({}),
        lambda _config, _fitted, _data: {"word": given},
    )
    written, blame = Model(use="parrot"), "the model 'parrot'"
    model = PlannedModel("tried", written, kind, Settings(), {"word": output}, Reads(), b"", blame)
    data = ModelData(0, ZoneInfo("UTC"), np.arange(len(values)))
    return list(scores_of(model, Fitted({}), data)["word"])


def test_a_list_is_kept_item_by_item_and_one_without_items_is_no_score() -> None:
    kept = said(Output("items", "list"), [("tea", "bread"), [], None, float("nan")])
    assert items_of(kept[0]) == ("tea", "bread")
    assert kept[1:] == [None, None, None]


def test_a_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(PluginError, match="word has 101 items; a list has at most 100"):
        said(Output("items", "list"), [["tea"] * 101, ["tea"]])


def test_a_text_is_no_list_of_its_letters() -> None:
    with pytest.raises(PluginError, match="it gave 'tea' for a list; give a list or a tuple"):
        said(Output("items", "list"), ["tea"])


def test_a_text_that_was_not_promised_is_refused() -> None:
    mood = Output("a word", "text", one_of=("early", "late"))
    assert said(mood, ["late", None]) == ["late", None]
    with pytest.raises(PluginError, match="word is 'soon', and promised early, late"):
        said(mood, ["soon", "late"])


def test_a_number_outside_its_range_is_refused_but_for_rounding() -> None:
    share = Output("probability", low=0, high=1)
    assert said(share, [1 + 1e-12, np.nan]) == [1.0, None]
    with pytest.raises(PluginError, match=r"word is 1\.5, and promised 0 to 1"):
        said(share, [0.5, 1.5])
