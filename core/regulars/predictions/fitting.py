"""Fitting: a model learns where it never did, where it was edited, and again every ``refit``.

It also learns again where what it looks at, or what it says, has drifted since it learned, and
after somebody was erased, which deletes what it had learned.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from regulars.customers.privacy.unlearning import last_unlearned
from regulars.hooks.attribution import blamed

from .asking import fitted_to
from .reading.past import Past
from .scoring import scores_of
from .spread import Numbers
from .versions import findings, keep_version, newest_version, version_of, version_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import Fitted, ModelData
    from regulars.segments.scope import Scope
    from regulars.store import Store

    from .versions import Version


@dataclass(frozen=True)
class Learned:
    """The version by which a model scores now, and the ``scores`` by it, by output.

    Whether it is ``new``; what was ``missing``, if it was to learn and could not; what ``drifted``
    since it had learned before, in sentences.
    """

    version: Version | None
    scores: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    new: bool = False
    missing: str | None = None
    drifted: tuple[str, ...] = ()


def learn(store: Store, scope: Scope, model: PlannedModel, data: ModelData) -> Learned:
    """Let ``model`` learn from ``data`` if it is to, and keep what it learned.

    Where it can't learn any more it goes on by what it learned before, by the same settings.

    Raises:
        PluginError: the plugin failed.
    """
    with store.reading() as connection:
        last = newest_version(connection, model.name)
        number = 1 + (last.number if last else last_unlearned(connection, model.name))
    before = Learned(None)
    if last is not None and last.digest == model.digest:
        before = _by(last, model, data)
        due = model.written.refit.after(last.at, scope.zone) <= scope.now
        if not due and not before.drifted:
            return before
    past = Past(scope, model.reads)
    answer = _answer(store, past, model, data)
    if isinstance(answer, str):
        return replace(before, missing=answer)
    new = _keep(store, past, model, data, answer, number)
    return replace(new, drifted=before.drifted)


def _answer(store: Store, past: Past, model: PlannedModel, data: ModelData) -> Fitted | str:
    with store.reading() as connection:
        learning = past.with_earlier(connection, data)
    return fitted_to(learning, model, past.scope.playbook.id)


def _by(version: Version, model: PlannedModel, data: ModelData) -> Learned:
    """What ``model`` says by an earlier version, and what drifted since."""
    from .drift import drifts  # noqa: PLC0415 (SciPy, which takes long to import)

    scores = scores_of(model, version.fitted, data)
    numbers = Numbers.of(model, data, scores)
    drifted = drifts(version.spread, numbers, model.written.drift)
    return Learned(version, scores, drifted=tuple(each.told for each in drifted))


def _keep(  # noqa: PLR0913, PLR0917 (what learned what, from what, and where that is kept)
    store: Store,
    past: Past,
    model: PlannedModel,
    data: ModelData,
    fitted: Fitted,
    number: int,
) -> Learned:
    """Keep what ``model`` learned, with how good it is; it scores by what was kept of it."""
    from .backtests.exam import backtests  # noqa: PLC0415 (SciPy, as above)

    with blamed(model.blame):
        row = version_row(model, number, data, fitted)
    scores = scores_of(model, version_of(row).fitted, data)
    spread = Numbers.of(model, data, scores).spread()
    row |= findings(backtests(store, past.scope, model, data, past), spread)
    with store.transaction() as connection:
        keep_version(connection, row)
    return Learned(version_of(row), scores, new=True)
