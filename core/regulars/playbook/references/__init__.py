"""References: every name that a playbook uses stands for something, and fits where it is used."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.errors import Problem
from regulars.playbook.draft import Draft

from .circles import check_circles
from .conditions import check_conditions
from .experiments import check_experiments
from .known import Known
from .messages import check_messages
from .models import check_models
from .policy import check_policy
from .sources import check_customer, check_sources
from .steps import check_steps
from .traits import check_traits
from .triggers import check_triggers


def check_references(draft: Draft) -> Iterator[Problem]:
    """Every name in ``draft``'s valid parts that stands for nothing, or for the wrong thing."""
    known = Known(draft)
    yield from check_customer(known)
    yield from check_sources(known)
    yield from check_traits(known)
    yield from check_models(known)
    yield from check_conditions(known)
    yield from check_circles(draft)
    yield from check_messages(known)
    yield from check_policy(known)
    yield from check_triggers(known)
    yield from check_experiments(known)
    yield from check_steps(known)
