"""The picture of a model: what it learned and how it did, or why there is nothing to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.errors import StoreError
from regulars.predictions.pictures.picture import picture

if TYPE_CHECKING:
    from .modelling import Modelled


def drawn(model: Modelled) -> str:
    """The picture of a model: an SVG document.

    Raises:
        StoreError: there is nothing to draw.
    """
    if model.version is None:
        raise StoreError(
            f"there is no picture of '{model.name}', because it has learned nothing yet: "
            f"{model.missing}; leave out --svg"
        )
    learned = f"learned on {model.version.at:%Y-%m-%d %H:%M} UTC"
    about = f"Version {model.version.number}, {learned} from {model.version.customers:,} customers"
    track = model.version.fitted.diagnostics.get("tracking")
    svg = picture(f"{model.name} ({model.kind})", about, model.tests, track)
    if svg is None:
        why = next(iter(model.untested.values()), "nothing that it says looks ahead")
        raise StoreError(
            f"there is no picture of '{model.name}', because it is not tested on what came: "
            f"{why}; leave out --svg"
        )
    return svg
