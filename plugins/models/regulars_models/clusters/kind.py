"""``models: {groups: {use: clusters, traits: [spend, orders, last]}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from regulars.hooks import ModelKind, Output, Reads, Settings

from regulars_models.late import late
from regulars_models.traits import Traits  # noqa: TC001 (pydantic reads it)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Clusters(Settings):
    """Groups by ``traits``, at ``most`` so many; how many there are is for the data to say."""

    traits: Annotated[Traits, Field(min_length=1, description="what they are alike in")]
    method: Annotated[
        Literal["k-means", "mixture"],
        Field(description="k-means, or a mixture of normals that may be of different sizes"),
    ] = "k-means"
    most: Annotated[int, Field(ge=2, le=20, description="at most so many groups")] = 8


def _outputs(config: Clusters) -> Mapping[str, Output]:
    return {
        "cluster": Output("the group's name", "text"),
        "number": Output("1 is the largest group", low=1, high=config.most),
        "clear": Output("how clearly a customer belongs there, 0 to 1", low=0, high=1),
    }


_GROUPS = f"{__package__}.groups"
CLUSTERS = ModelKind(
    "clusters",
    "Groups that the data falls into, named by what sets them apart",
    Clusters,
    _outputs,
    lambda config: Reads(traits=config.traits),
    late(_GROUPS, "fit"),
    late(_GROUPS, "score"),
)
