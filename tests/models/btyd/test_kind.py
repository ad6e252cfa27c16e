"""The models as a playbook has them hold what every model promises."""

from __future__ import annotations

from regulars.testing import ModelConformance
from regulars_models.btyd.kind import KINDS

BY_NAME = {kind.name: kind for kind in KINDS}


class TestMbgNbd(ModelConformance):
    kind = BY_NAME["mbg-nbd"]
    settings = {"event": "order", "amount": "total", "horizon": "90d"}


class TestBgNbd(ModelConformance):
    kind = BY_NAME["bg-nbd"]
    settings = {"event": "order", "amount": "order.total", "discount": "10%", "margin": "30%"}


class TestParetoNbd(ModelConformance):
    kind = BY_NAME["pareto-nbd"]
    settings = {"event": "order", "chance": "80%", "horizon": "2w"}


class TestGammaGamma(ModelConformance):
    kind = BY_NAME["gamma-gamma"]
    settings = {"event": "order", "amount": "total"}


class TestWithSoFewThatNothingIsSure(ModelConformance):
    """Every edge with numbers, not with a sentence."""

    kind = BY_NAME["mbg-nbd"]
    settings = {"event": "order", "amount": "total", "least": 1}
