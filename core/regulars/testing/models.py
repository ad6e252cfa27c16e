"""Models held to their word, on customers who are made up.

class TestSilence(ModelConformance):
    kind = SILENCE
    settings = {"event": "order"}
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.customers.scores import PlannedModel
from regulars.hooks import DAY, Fitted, Reason
from regulars.playbook.models import Model
from regulars.predictions.scoring import scores_of
from regulars.predictions.versions import keep_version, newest_version, version_row
from regulars.store import Store

from .comparing import alike, same_learned, same_scores
from .worlds import START, made_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from regulars.hooks import ModelData, ModelKind

    from .worlds import World

SEED = 20240101
FEW = 5


class ModelConformance:
    """What every model promises; a subclass says which: its ``kind``, and ``settings`` for it.

    The ``world`` that it is tried on is made up of what the model reads; a model that needs
    another one, because it reads an experiment or a rare event, overrides it. ``now`` is when it
    is asked, in microseconds.
    """

    kind: ModelKind
    settings: Mapping[str, Any] = {}
    now: int = START + 660 * DAY

    def world(self) -> World:
        """The customers to try it on: enough to learn from."""
        return made_up(self.model.reads)

    # ------------------------------------------------------------------ what holds

    def test_its_settings_are_valid_and_have_a_schema(self) -> None:
        """A playbook's editor can complete its settings."""
        assert self.model.config.model_json_schema()["type"] == "object"
        assert self.model.outputs, "it has no outputs"

    def test_it_learns_from_the_world(self) -> None:
        """Else nothing below would mean anything; give it a ``world`` with more in it."""
        assert isinstance(self.fit(self.data), Fitted), self.fit(self.data)

    def test_it_scores_somebody(self) -> None:
        """Each of its outputs says something of somebody."""
        for name, values in self.scores().items():
            assert any(value is not None for value in values), f"{name} says nothing of anybody"

    def test_it_learns_the_same_from_the_same(self) -> None:
        """By the same seed from the same data, also after it has learned from other data."""
        first = self.fit(self.data)
        self.fit(self.people.at(self.now - 30 * DAY))
        assert same_learned(first, self.fit(self.data))

    def test_scores_are_the_same_when_asked_again(self) -> None:
        """And finite, and within the range that its outputs promise: else this is an error."""
        assert same_scores(self.scores(), self.scores())

    def test_scores_are_the_same_after_what_it_learned_was_kept(self, tmp_path: Path) -> None:
        """In a store, as JSON and arrays."""
        with _kept(self.model, self.data, self.learned, tmp_path) as fitted:
            assert same_scores(scores_of(self.model, fitted, self.data), self.scores())

    def test_what_happens_later_changes_no_score(self) -> None:
        """Neither by what it learned, nor by what it is told."""
        without = self.people.without_after(self.now)
        learned = self.fit(without.at(self.now))
        assert isinstance(learned, Fitted)
        assert same_scores(scores_of(self.model, learned, without.at(self.now)), self.scores())

    def test_a_customer_alone_is_scored_as_among_all(self) -> None:
        """What it says of a customer hangs on nobody else, once it has learned."""
        everybody = self.scores()
        for row in range(0, len(self.data), max(1, len(self.data) // 20)):
            alone = scores_of(self.model, self.learned, self.people.alone(row).at(self.now))
            theirs = {name: values[row : row + 1] for name, values in everybody.items()}
            assert same_scores(alone, theirs), row

    def test_nobody_is_no_trouble(self) -> None:
        """Neither to learn from nor to score."""
        nobody = self.people.of(np.empty(0, np.int64)).at(self.now)
        self.held(nobody)
        assert all(len(v) == 0 for v in scores_of(self.model, self.learned, nobody).values())

    def test_people_without_any_event_are_no_trouble(self) -> None:
        """Before anything has happened."""
        self.held(self.people.at(START - DAY))

    def test_one_customer_is_no_trouble(self) -> None:
        """It says what is missing, or something finite."""
        self.held(self.people.alone(0).at(self.now))

    def test_a_few_customers_are_no_trouble(self) -> None:
        """It says what is missing, or something finite."""
        self.held(self.people.of(np.arange(FEW)).at(self.now))

    def test_customers_who_are_all_alike_are_no_trouble(self) -> None:
        """And are all scored alike, if they are scored."""
        busiest = max(self.data.events.values(), key=len, default=None)
        row = 0 if busiest is None else int(np.bincount(busiest.customer).argmax())
        data = self.people.all_alike(row, 200).at(self.now)
        learned = self.fit(data)
        if isinstance(learned, Fitted):
            for name, values in scores_of(self.model, learned, data).items():
                assert all(alike(value, values[0]) for value in values), name

    def test_its_inputs_are_numbers_of_each_customer(self) -> None:
        """Where it says what they are."""
        if self.kind.inputs is not None:
            for name, values in self.kind.inputs(self.model.config, self.data).items():
                assert np.asarray(values, float).shape == (len(self.data),), name

    def test_it_explains_scores_that_it_gives(self) -> None:
        """Where it explains any: in words, by finite numbers."""
        if self.kind.explain is None:
            return
        for row in range(0, len(self.data), max(1, len(self.data) // 20)):
            alone = self.people.alone(row).at(self.now)
            told = self.kind.explain(self.model.config, self.learned, alone)
            assert set(told) <= set(self.model.outputs)
            for reason in (reason for reasons in told.values() for reason in reasons):
                assert isinstance(reason, Reason)
                assert reason.what.strip(), "a reason without words"
                assert np.isfinite(reason.by), reason.what

    # ------------------------------------------------------------------ how it is asked

    @cached_property
    def model(self) -> PlannedModel:
        """The model as a playbook would have it."""
        config = self.kind.config(**self.settings)
        return PlannedModel(
            "tried",
            Model(use=self.kind.name),
            self.kind,
            config,
            dict(self.kind.outputs(config)),
            self.kind.reads(config),
            b"",
            self.kind.name,
        )

    @cached_property
    def people(self) -> World:
        """The world, made once a test."""
        return self.world()

    @cached_property
    def data(self) -> ModelData:
        """The world at ``now``."""
        return self.people.at(self.now)

    @cached_property
    def learned(self) -> Fitted:
        """What it learned from the world; fails the test if that isn't enough for it."""
        learned = self.fit(self.data)
        assert isinstance(learned, Fitted), learned
        return learned

    def scores(self) -> Mapping[str, NDArray[Any]]:
        """What it says of everybody."""
        return scores_of(self.model, self.learned, self.data)

    def fit(self, data: ModelData) -> Fitted | str:
        """What it learns from ``data``, or its sentence."""
        return self.kind.fit(self.model.config, data, SEED)

    def held(self, data: ModelData) -> None:
        """That it says what is missing, or learns and scores ``data``."""
        learned = self.fit(data)
        if isinstance(learned, str):
            assert learned.strip(), "it says nothing of what is missing"
        else:
            scores_of(self.model, learned, data)


@contextmanager
def _kept(model: PlannedModel, data: ModelData, learned: Fitted, folder: Path) -> Iterator[Fitted]:
    """What it learned as a store gives it back."""
    with closing(Store.open(f"sqlite:///{folder / 'kept.db'}")) as store:
        with store.transaction() as connection:
            keep_version(connection, version_row(model, 1, data, learned))
        with store.reading() as connection:
            version = newest_version(connection, model.name)
    assert version is not None
    yield version.fitted
