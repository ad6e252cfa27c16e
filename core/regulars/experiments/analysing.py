"""Analysing: asking a plugin to read an experiment, and holding it to what a reading is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from regulars.hooks.attribution import blamed
from regulars.hooks.trials import Reading, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.hooks.plugins import Plugins
    from regulars.hooks.trials import Trial
    from regulars.playbook.experiments import Decide

VERDICTS = get_args(Verdict)


def analysed(plugins: Plugins, decide: Decide, trial: Trial) -> Reading:
    """What the analysis of ``decide`` answers for ``trial``.

    Raises:
        PluginError: it failed, or what it answered is no reading of this trial.
    """
    kind, config = decide.configured(plugins.analyses)
    with blamed(plugins.blame("analyses", kind.name)):
        reading = kind.analyse(config, trial)
        if not isinstance(reading, Reading):
            raise TypeError(f"it gave {reading!r}; return a Reading")
        if reading.verdict not in VERDICTS:
            raise ValueError(f"there is no verdict {reading.verdict!r}")
        if reading.arm is not None and reading.arm not in trial.arms:
            raise ValueError(f"there is no arm {reading.arm!r}")
        return reading


def picture(plugins: Plugins, decide: Decide, reading: Reading) -> str | None:
    """The reading as an SVG document; None where its analysis draws none.

    Raises:
        PluginError: it failed.
    """
    if reading.picture is None:
        return None
    with blamed(plugins.blame("analyses", decide.use)):
        drawn = reading.picture()
        if not isinstance(drawn, str):
            raise TypeError(f"its picture is {drawn!r}; return the text of an SVG document")
        return drawn


def taught(
    plugins: Plugins, analysis: str, read: Sequence[tuple[Decide, Trial]]
) -> dict[str, Any] | None:
    """What ``analysis`` learns of the experiments it has ``read``; None where it never learns.

    Raises:
        PluginError: it failed, or what it gave can't be kept as JSON.
    """
    kind = plugins.analyses[analysis]
    if kind.learn is None:
        return None
    configured = [(decide.configured(plugins.analyses)[1], trial) for decide, trial in read]
    with blamed(plugins.blame("analyses", analysis)):
        learned = kind.learn(configured)
        if not isinstance(learned, Mapping):
            raise TypeError(f"it learned {learned!r}; return a mapping")
        kept = as_json(learned)
        json.dumps(kept, allow_nan=False)
        return dict(kept)


def as_json(value: object) -> Any:
    """``value`` with numpy's numbers and arrays as plain ones, and None for what is no number."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
