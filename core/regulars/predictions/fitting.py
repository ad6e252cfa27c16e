"""Fitting: a model learns where it never did, where it was edited, and again every ``refit``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.hooks.attribution import blamed

from .asking import fitted_to
from .data import with_earlier
from .versions import keep_version, newest_version, version_row

if TYPE_CHECKING:
    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData
    from regulars.segments.scope import Scope
    from regulars.store import Store

    from .versions import Version


@dataclass(frozen=True)
class Learned:
    """The version by which a model scores now, whether it is new, and what was missing if so."""

    version: Version | None
    new: bool = False
    missing: str | None = None


def learn(store: Store, scope: Scope, model: PlannedModel, data: ModelData) -> Learned:
    """Let ``model`` learn from ``data`` if it is to, and keep what it learned.

    Where it can't learn any more it goes on by what it learned before, by the same settings.

    Raises:
        PluginError: the plugin failed.
    """
    with store.reading() as connection:
        last = newest_version(connection, model.name)
    same = last if last is not None and last.digest == model.digest else None
    if same is not None and model.written.refit.after(same.at, scope.zone) > scope.now:
        return Learned(same)
    with store.reading() as connection:
        data = with_earlier(connection, scope, model.reads, data)
    answer = fitted_to(data, model, scope.playbook.id)
    if isinstance(answer, str):
        return Learned(same, missing=answer)
    with blamed(model.blame):
        row = version_row(model, 1 if last is None else last.number + 1, data, answer)
    with store.transaction() as connection:
        keep_version(connection, row)
        return Learned(newest_version(connection, model.name), new=True)
