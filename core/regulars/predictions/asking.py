"""Asking a kind to learn: by the same chance every time, and held to what it may answer."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from regulars.hooks.attribution import blamed
from regulars.hooks.predictions import Fitted

if TYPE_CHECKING:
    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData


def fitted_to(data: ModelData, model: PlannedModel, playbook: str) -> Fitted | str:
    """What ``model`` of ``playbook`` learns from ``data``, or a sentence that says what is missing.

    Raises:
        PluginError: the plugin failed.
    """
    with blamed(model.blame):
        answer = model.kind.fit(model.config, data, _seed(playbook, model.name))
        if isinstance(answer, str):
            return answer.strip()
        if not isinstance(answer, Fitted):
            raise TypeError(f"it learned {answer!r}; return Fitted, or a sentence")
        return answer


def _seed(playbook: str, model: str) -> int:
    """The seed of a model's chance: the same in every run, another for every model."""
    text = f"{playbook}.{model}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest(), "big")
