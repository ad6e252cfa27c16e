"""Uplift as a model: ``models: {offer: {use: uplift, experiment: winback, traits: [spend]}}``.

Its score ``gain`` says how much better the arm makes the goal for a customer than the control does,
in the goal's own unit, so that ``{score: offer.gain, more_than: 0}`` are those whom it is worth
giving it to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from regulars.hooks import Fitted, ModelKind, Output, Reads, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from regulars.hooks import ModelData, Outcome, Trial


class UpliftSettings(Settings):
    """What is learned from: ``traits`` as they were at exposure; the first goal unless it says so.

    ``arm`` is what is compared with the control, by default the first other one.
    """

    experiment: Annotated[str, Field(description="the experiment that it learns from")]
    traits: Annotated[
        tuple[str, ...], Field(min_length=1, description="traits to tell customers apart by")
    ]
    arm: Annotated[str | None, Field(description="the arm; the first after the control")] = None
    goal: Annotated[str | None, Field(description="the id of a goal; the first")] = None


def _outputs(_config: UpliftSettings) -> Mapping[str, Output]:
    return {"gain": Output("how much better the goal is with the arm than without")}


def _reads(config: UpliftSettings) -> Reads:
    return Reads(traits=config.traits, experiment=config.experiment)


def _fit(config: UpliftSettings, data: ModelData, seed: int) -> Fitted | str:
    import numpy as np  # noqa: PLC0415 (only when there is something to learn)

    from .cohort import cohort  # noqa: PLC0415
    from .learning import learned  # noqa: PLC0415
    from .ordering import ordered  # noqa: PLC0415
    from .qini import qini  # noqa: PLC0415

    trial = data.trial
    if trial is None or not trial.outcomes:
        return f"The experiment '{config.experiment}' has no goal; write one."
    found = _named(config, trial)
    if isinstance(found, str):
        return found
    if all(np.isnan(trial.units.traits[name]).all() for name in config.traits):
        return "Of nobody these traits were noted at exposure yet; they are from now on."
    arm, outcome = found
    units = cohort(trial, outcome, config.traits, arm, seed)
    if isinstance(units, str):
        return units
    curve, name = qini(ordered(units, seed)), trial.arms[arm]
    if not curve.found:
        return f"Nothing tells yet who gains more from '{name}': targeting does as by chance."
    return Fitted(
        {"arm": name, "goal": outcome.goal.id, "better": outcome.goal.better},
        learned(units, seed).arrays(),
        {"units": len(units.row)},
        {"qini": curve.coefficient, "band": curve.band, "chance": curve.chance},
    )


def _named(config: UpliftSettings, trial: Trial) -> tuple[int, Outcome] | str:
    """The arm's place and the goal that the settings name; a sentence if there is none."""
    arms, goals = trial.arms[1:], {outcome.goal.id: outcome for outcome in trial.outcomes}
    arm, goal = config.arm or next(iter(arms), ""), config.goal or next(iter(goals))
    if arm not in arms:
        return f"'{trial.name}' has no arm '{arm}' beside the control; it has {', '.join(arms)}."
    if goal not in goals:
        return f"'{trial.name}' has no goal '{goal}'; it has {', '.join(goals)}."
    return trial.arms.index(arm), goals[goal]


def _score(config: UpliftSettings, fitted: Fitted, data: ModelData) -> Mapping[str, NDArray[Any]]:
    import numpy as np  # noqa: PLC0415 (only when there is something to score)

    from regulars_models.boosted.trees import Trees  # noqa: PLC0415

    from .learning import scores  # noqa: PLC0415

    columns = np.column_stack([data.traits[name] for name in config.traits])
    gain = scores(Trees.from_arrays(fitted.arrays), columns)
    return {"gain": -gain if fitted.parameters["better"] == "less" else gain}


UPLIFT = ModelKind(
    "uplift",
    "To whom an experiment's arm makes a difference",
    UpliftSettings,
    _outputs,
    _reads,
    _fit,
    _score,
)
