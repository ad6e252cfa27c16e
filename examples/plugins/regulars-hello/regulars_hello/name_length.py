"""``use: name-length``: customers whose first name is long enough to be printed large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field
from regulars.hooks import ConditionKind, Settings, hookimpl

if TYPE_CHECKING:
    from regulars.hooks import Columns, Moment
    from sqlalchemy import ColumnElement


class NameLength(Settings):
    """What may stand beside ``use: name-length``."""

    at_least: int = Field(1, ge=1, description="letters that the name must have")


def compile_name_length(
    config: NameLength, columns: Columns, _moment: Moment
) -> ColumnElement[bool]:
    """True for a long name, false for a short one, unknown (so: false) for none."""
    from sqlalchemy import func  # noqa: PLC0415 (slow, so not before a playbook needs it)

    return func.char_length(columns.attribute("first_name")) >= config.at_least


@hookimpl
def regulars_conditions() -> list[ConditionKind]:
    """Offer the condition."""
    summary = "The first name has at least so many letters"
    return [ConditionKind("name-length", summary, NameLength, compile_name_length)]
