"""The root of every part of a playbook: unknown words are errors, nothing changes after loading."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr

Number = StrictInt | StrictFloat
Scalar = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, "text"]


class Part(BaseModel):
    """A mapping of the playbook whose words are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
