"""``models: {rfm: {use: rfm, event: order, amount: total}}``."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator
from regulars.hooks import ModelKind, Output, Reads, Settings

from regulars_models.amounts import check_amount, property_of
from regulars_models.late import late

if TYPE_CHECKING:
    from collections.abc import Mapping

FIFTHS = 5

Fifths = tuple[Annotated[int, Field(ge=1, le=FIFTHS)], Annotated[int, Field(ge=1, le=FIFTHS)]]
ALL: Fifths = (1, FIFTHS)


class Cell(Settings):
    """A name for those between two scores, both included."""

    name: str
    recency: Fifths = ALL
    frequency: Fifths = ALL
    monetary: Fifths = ALL

    @model_validator(mode="after")
    def _low_comes_first(self) -> Self:
        for measure, (low, high) in self.bounds().items():
            if low > high:
                raise ValueError(f"{measure}: write the lower one first, [{high}, {low}]")
        return self

    def bounds(self) -> Mapping[str, Fifths]:
        """By measure."""
        return {"recency": self.recency, "frequency": self.frequency, "monetary": self.monetary}

    def area(self) -> set[tuple[int, ...]]:
        """The fifths that are in it."""
        return set(product(*(range(low, high + 1) for low, high in self.bounds().values())))


# The names by recency and frequency that are customary in direct marketing.
CELLS = (
    Cell(name="champions", recency=(5, 5), frequency=(4, 5)),
    Cell(name="loyal", recency=(3, 4), frequency=(4, 5)),
    Cell(name="potential loyalists", recency=(4, 5), frequency=(2, 3)),
    Cell(name="new", recency=(5, 5), frequency=(1, 1)),
    Cell(name="promising", recency=(4, 4), frequency=(1, 1)),
    Cell(name="need attention", recency=(3, 3), frequency=(3, 3)),
    Cell(name="about to sleep", recency=(3, 3), frequency=(1, 2)),
    Cell(name="can't lose", recency=(1, 2), frequency=(5, 5)),
    Cell(name="at risk", recency=(1, 2), frequency=(3, 4)),
    Cell(name="hibernating", recency=(1, 2), frequency=(1, 2)),
)


class Rfm(Settings):
    """The ``event`` that counts, and the property of it that is its ``amount``.

    The first of ``cells`` that fits gives a customer the name.
    """

    event: Annotated[str, Field(description="the event that counts, such as order")]
    amount: Annotated[str | None, Field(description="a property of the event, such as total")] = (
        None
    )
    cells: Annotated[tuple[Cell, ...], Field(description="names, the first wins")] = CELLS

    @model_validator(mode="after")
    def _amount_is_the_events(self) -> Self:
        if self.amount is not None:
            check_amount(self.event, self.amount)
        return self

    @model_validator(mode="after")
    def _cells_can_be_reached(self) -> Self:
        if not self.cells:
            raise ValueError("cells: write one at least, or leave it out for the usual ones")
        taken: set[tuple[int, ...]] = set()
        for cell in self.cells:
            if self.amount is None and cell.monetary != ALL:
                raise ValueError(
                    f"cells: '{cell.name}' looks at monetary, which needs amount, such as total;"
                    " write amount, or leave monetary out"
                )
            if cell.area() <= taken:
                raise ValueError(
                    f"cells: nobody would be in '{cell.name}', because the cells before it take all"
                    " of it; write it before them"
                )
            taken |= cell.area()
        return self

    @property
    def spent(self) -> str | None:
        """The name of the amount's property alone."""
        return None if self.amount is None else property_of(self.event, self.amount)


def _outputs(config: Rfm) -> Mapping[str, Output]:
    fifth = Output("a fifth of the customers, 1 to 5, 5 is best", low=1, high=FIFTHS)
    scores = {"recency": fifth, "frequency": fifth}
    if config.amount is not None:
        scores["monetary"] = fifth
    cells = tuple(dict.fromkeys(cell.name for cell in config.cells))
    return scores | {"cell": Output("the name of the cell", "text", one_of=cells)}


def _reads(config: Rfm) -> Reads:
    amounts = [] if config.spent is None else [f"{config.event}.{config.spent}"]
    return Reads(events=[config.event], amounts=amounts)


_CELLS = f"{__package__}.cells"
RFM = ModelKind(
    "rfm",
    "How recently, how often and for how much customers buy, in fifths with names",
    Rfm,
    _outputs,
    _reads,
    late(_CELLS, "fit"),
    late(_CELLS, "score"),
    late(_CELLS, "inputs"),
    late(_CELLS, "explain"),
)
