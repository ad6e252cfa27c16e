"""Churn keeps what every model promises, by each method and for both trades."""

from __future__ import annotations

from regulars.testing import ModelConformance
from regulars_models.churn.kind import CHURN

SUBSCRIPTION = {"starts": "subscribed", "ends": "cancelled"}
SHOP = {"event": "order", "silent": "60d"}


class TestSubscriptions(ModelConformance):
    kind = CHURN
    settings = SUBSCRIPTION | {"traits": ["visits", "spend"], "horizon": "30d"}


class TestSubscriptionsByWeibull(ModelConformance):
    kind = CHURN
    settings = SUBSCRIPTION | {"traits": ["visits"], "method": "weibull"}


class TestSubscriptionsByKaplanMeier(ModelConformance):
    kind = CHURN
    settings = SUBSCRIPTION | {"method": "kaplan-meier"}


class TestShops(ModelConformance):
    kind = CHURN
    settings = SHOP | {"traits": ["spend"]}


class TestShopsByWeibull(ModelConformance):
    kind = CHURN
    settings = SHOP | {"method": "weibull"}


class TestShopsByKaplanMeier(ModelConformance):
    kind = CHURN
    settings = SHOP | {"method": "kaplan-meier"}
