"""Arms: what a template is told of the arm that its reader was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.playbook.experiments import ITSELF

if TYPE_CHECKING:
    from regulars.playbook.experiments import Experiment


def arm_names(experiment: Experiment) -> frozenset[str]:
    """The names behind ``arm.``: the variables of every arm, and its name."""
    return frozenset({ITSELF}.union(*experiment.variables().values()))


def arm_words(experiment: Experiment, arm: str | None) -> dict[str, Any]:
    """What ``arm`` stands for in a template; a variable that only other arms have is empty.

    Whoever takes no part, or had an arm that is gone, is told what the control is told.
    """
    arms = experiment.variables()
    name = arm if arm in arms else experiment.control
    return {**dict.fromkeys(arm_names(experiment), ""), **arms[name], ITSELF: name}
