"""Ghosts: the holdout read as an experiment: who is held out against who is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from regulars.customers.aggregates import of_goal
from regulars.playbook.experiments import Decide, Experiment
from regulars.playbook.policy import HOLDOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regulars.hooks.plugins import Plugins
    from regulars.playbook.goals import AnyGoal
    from regulars.playbook.playbook import Playbook

IN = "in"  # the arm of those who are written to
LEAST = 1e-9  # the share of an arm that nobody is to have, which no experiment could write


def experiment_of(playbook: Playbook, plugins: Plugins, name: str) -> Experiment:
    """The experiment called ``name``, or the holdout as one; KeyError if there is neither."""
    if name == HOLDOUT and playbook.policy.holdout is not None:
        return _of_holdout(playbook, plugins, playbook.policy.holdout.share)
    return playbook.experiments[name]


def is_lasting(playbook: Playbook, name: str) -> bool:
    """Whether ``name`` has no end: the holdout, while there is one."""
    return name == HOLDOUT and playbook.policy.holdout is not None


def readable(playbook: Playbook) -> list[str]:
    """The names of all that can be read as an experiment, the holdout last."""
    return [*playbook.experiments, *([HOLDOUT] if playbook.policy.holdout is not None else [])]


def _of_holdout(playbook: Playbook, plugins: Plugins, share: float) -> Experiment:
    """It is to change what any experiment is to change, and is read as the first of them is.

    The analysis' settings are its own, because those of an experiment speak of that one.
    """
    share = min(max(share, LEAST), 1 - LEAST)
    decides = (e.decide for e in playbook.experiments.values() if e.decide is not None)
    plain = (Decide(use=decide.use) for decide in decides)
    return Experiment(
        arms={HOLDOUT: {}, IN: {}},
        weights=[share, 1 - share],
        goals=list(_goals(playbook.experiments)),
        decide=next((decide for decide in plain if _needs_no_settings(decide, plugins)), None),
    )


def _needs_no_settings(decide: Decide, plugins: Plugins) -> bool:
    try:
        decide.configured(plugins.analyses)
    except ValidationError:
        return False
    return True


def _goals(experiments: Mapping[str, Experiment]) -> Iterator[AnyGoal]:
    """What the experiments measure, each once; a name that was taken gets its experiment's too."""
    seen, taken = set(), set()
    for name, experiment in experiments.items():
        for goal in experiment.goals:
            measured = (type(goal), of_goal(goal), goal.within, goal.better)
            if measured not in seen:
                id_ = f"{name}.{goal.id}" if goal.id in taken else goal.id
                seen.add(measured)
                taken.add(id_)
                yield goal.model_copy(update={"id": id_})
