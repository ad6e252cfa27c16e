"""Assignment: each customer's arm, by a share that never moves.

Who is held out has none. Who was given an arm before keeps it, and so does their unit; so an edit
of weights or of the coverage, and a bandit that learns, move nobody. Whose arm is gone from the
playbook takes no part any more, nor does their unit. The others have an arm by share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, and_, case, cast, false, func, literal, null, select

from regulars.customers.samples import fill_units, sampled
from regulars.playbook.journeys import Set
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.playbook.walking import all_steps
from regulars.store.tables import Instant, Name, exposures

from .probabilities import probabilities
from .ranges import Ranges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection, Select

    from regulars.playbook.playbook import Playbook
    from regulars.segments.scope import Scope

    from .ranges import Range

GONE = "-"  # stands for an arm that is none any more: no arm is called so, and all come after it


@dataclass(frozen=True)
class Assignment:
    """Who gets which arm of the experiment ``name``, as expressions over ``scope.people``.

    ``arm`` is NULL for those who take no part: they are treated as the ``control`` is, and are not
    measured. ``unit_share`` tells units apart, NULL where those are customers. ``shares`` are the
    probabilities with which the arms are given now.
    """

    name: str
    scope: Scope
    control: str
    shares: Mapping[str, float]
    arm: ColumnElement[Any]
    unit_share: ColumnElement[Any]

    @classmethod
    def of(cls, connection: Connection, scope: Scope, name: str) -> Assignment:
        """The experiment's assignment as it stands; a unit that a step changed counts already."""
        experiment = scope.playbook.experiments[name]
        if experiment.unit and experiment.unit in _set_by_steps(scope.playbook):
            fill_units(connection, scope.tables.customers, scope.plan, experiment.unit)
        shares = probabilities(connection, name, experiment)
        ranges, customers = Ranges.of(name, experiment, shares), scope.tables.customers
        none = cast(null(), Instant)
        unit_share = none if ranges.unit is None else customers.c[ranges.unit.column]
        taken = [_given(scope, name, list(shares), exposures.c.customer == scope.customer)]
        if ranges.unit is not None:
            taken.append(_given(scope, name, list(shares), exposures.c.unit_share == unit_share))
        theirs = func.coalesce(*taken, _by_share(scope, ranges), type_=Name)
        standing = func.nullif(theirs, literal(GONE, Name), type_=Name)
        arm = case((~held_out(scope), standing), else_=null())
        return cls(name, scope, experiment.control, shares, arm, unit_share)

    @property
    def way(self) -> ColumnElement[str]:
        """The arm as whose everybody is treated; never NULL."""
        return func.coalesce(self.arm, literal(self.control, Name), type_=Name)

    def probability(
        self, arm: ColumnElement[Any], unit_share: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        """With which probability those with ``arm`` and ``unit_share`` were given it."""
        now = case(
            *((arm == name, literal(share, Double)) for name, share in self.shares.items()),
            else_=literal(1.0, Double),
        )
        if self.scope.playbook.experiments[self.name].unit is None:
            return now
        mates = (exposures.c.unit_share == unit_share, exposures.c.arm == arm)
        then = _of_given(func.min(exposures.c.probability), self.name, *mates)
        return func.coalesce(then.scalar_subquery(), now, type_=Double)


def held_out(scope: Scope) -> ColumnElement[bool]:
    """Whether a customer is held out; never NULL."""
    share = scope.playbook.policy.holdout
    if share is None:
        return false()
    return sampled(scope.tables.customers, HOLDOUT_SEED, share.share)


def _given(
    scope: Scope, name: str, arms: list[str], whose: ColumnElement[bool]
) -> ColumnElement[Any]:
    """The arm that was given before; GONE where it isn't one any more."""
    standing = case((exposures.c.arm.in_(arms), exposures.c.arm), else_=literal(GONE, Name))
    arm = _of_given(func.max(standing, type_=Name), name, whose)
    return arm.correlate(scope.tables.customers).scalar_subquery()


def _of_given(value: ColumnElement[Any], name: str, *where: ColumnElement[bool]) -> Select[Any]:
    """One value of what was given; all members of a unit have the same."""
    return select(value).where(exposures.c.experiment == name, *where)


def _by_share(scope: Scope, ranges: Ranges) -> ColumnElement[Any]:
    whens = [(_inside(scope, part), literal(arm, Name)) for arm, part in ranges.arms.items()]
    arm: ColumnElement[Any] = case(*whens, else_=null())
    if ranges.layer is None:
        return arm
    return case((_inside(scope, ranges.layer), arm), else_=null())


def _inside(scope: Scope, part: Range) -> ColumnElement[bool]:
    share = scope.tables.customers.c[part.draw.column]
    return and_(share >= literal(part.start, Instant), share < literal(part.end, Instant))


def _set_by_steps(playbook: Playbook) -> set[str]:
    """The attributes that steps change while a run goes on."""
    steps = (step for _, step in all_steps(playbook.journeys) if isinstance(step, Set))
    return {name for step in steps for name in step.set}
