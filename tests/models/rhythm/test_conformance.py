"""The rhythm keeps what every model promises."""

from __future__ import annotations

from regulars.testing import ModelConformance
from regulars_models.rhythm.kind import RHYTHM


class TestRhythm(ModelConformance):
    kind = RHYTHM
    settings = {"event": "order"}
