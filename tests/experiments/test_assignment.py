"""Assignment in the store: by share, unless there was an arm before; the held out have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from regulars.customers.samples import fill_samples
from regulars.customers.shares import stable_share, threshold
from regulars.customers.traits import plan_traits
from regulars.experiments import Assignment, expose
from regulars.experiments.ranges import Ranges
from regulars.playbook.policy import HOLDOUT_SEED
from regulars.store import insert_rows, tables
from sqlalchemy import select, update

from tests.experiments.lab import Lab, day, open_lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FOUR: dict[str, Any] = {"control": {}, "a": {}, "b": {}, "c": {}}
CUSTOMERS = tables.customers


@pytest.fixture
def lab(store_url: str, tmp_path: Path) -> Iterator[Lab]:
    made = open_lab(store_url, tmp_path)
    yield made
    made.store.close()


def open_shop(lab: Lab, number: int, **experiments: Mapping[str, Any]) -> list[str]:
    """Customers with ids that follow one another, three to a household but for each tenth."""
    lab.experiments(**experiments)
    keys = [str(n) for n in range(number)]
    homes = [None if n % 10 == 0 else f"home {n // 3}" for n in range(number)]
    with lab.store.transaction() as connection:
        rows = list(zip(keys, homes, strict=True))
        insert_rows(connection, lab.store.tables.customers, ["key", "a_household"], rows)
    fill(lab)
    return keys


def fill(lab: Lab) -> int:
    return fill_samples(lab.store, plan_traits(lab.playbook, lab.plugins))


def arms(lab: Lab, name: str = "x") -> dict[str, str | None]:
    """The arm of every customer by their key."""
    scope = lab.scope(0)
    with lab.store.transaction() as connection:
        assignment = Assignment.of(connection, scope, name)
        query = select(scope.tables.customers.c.key, assignment.arm.label("arm"))
        return {row.key: row.arm for row in connection.execute(query.select_from(scope.people))}


def give(lab: Lab, *keys: str, name: str = "x", at: float = 0) -> int:
    """Expose these customers, or everybody; how many were given an arm."""
    scope = lab.scope(at)
    customers = lab.store.tables.customers
    who = select(customers.c.id)
    if keys:
        who = who.where(customers.c.key.in_(keys))
    with lab.store.transaction() as connection:
        return expose(connection, Assignment.of(connection, scope, name), who, day(at))


def given(lab: Lab, *columns: str, name: str = "x") -> dict[str, Any]:
    """What is recorded of each customer's exposure."""
    query = (
        select(CUSTOMERS.c.key, *(tables.exposures.c[column] for column in columns))
        .join(CUSTOMERS, CUSTOMERS.c.id == tables.exposures.c.customer)
        .where(tables.exposures.c.experiment == name)
    )
    return {key: rest[0] if len(rest) == 1 else rest for key, *rest in lab.rows(query)}


def edit(lab: Lab, **words: Any) -> None:
    """Edit the experiment x, as a client would between two runs."""
    old = lab.playbook.experiments["x"].model_dump(exclude_defaults=True, by_alias=True)
    lab.experiments(x={**old, **words})
    fill(lab)


@pytest.mark.parametrize(
    "words",
    [
        {"weights": [0.4, 0.3, 0.2, 0.1], "coverage": "70%"},
        {"hash": "growthbook", "coverage": "50%"},
        {"layer": {"name": "offers", "from": "25%", "to": "75%"}},
        {"unit": "household", "coverage": "80%"},
        {"unit": "household", "hash": "growthbook"},
    ],
)
def test_the_store_gives_the_arms_that_python_gives(
    sqlite_url: str, tmp_path: Path, words: Any
) -> None:
    lab = open_lab(sqlite_url, tmp_path)
    number = 20_000 if "unit" not in words else 2_000
    keys = open_shop(lab, number, x={"arms": FOUR} | words)
    assert arms(lab) == expected(lab, keys)
    lab.store.close()


def expected(
    lab: Lab, keys: list[str], name: str = "x", shares: Mapping[str, float] | None = None
) -> dict[str, str | None]:
    experiment = lab.playbook.experiments[name]
    ranges = Ranges.of(name, experiment, shares or experiment.shares())
    if experiment.unit is None:
        return {key: ranges.arm(key) for key in keys}
    homes = {key: None if int(key) % 10 == 0 else f"home {int(key) // 3}" for key in keys}
    return {key: ranges.arm(homes[key]) for key in keys}


def test_every_database_gives_the_arms_that_python_gives(lab: Lab) -> None:
    layer = {"name": "offers", "from": "10%", "to": "95%"}
    written: dict[str, Any] = {
        "x": {"arms": FOUR, "weights": [0.4, 0.3, 0.2, 0.1], "coverage": "70%", "layer": layer},
        "y": {"hash": "growthbook", "coverage": "50%", "unit": "household"},
    }
    keys = open_shop(lab, 400, **written)
    for name in written:
        assert arms(lab, name) == expected(lab, keys, name)
        covered = {key: arm for key, arm in arms(lab, name).items() if arm is not None}
        assert give(lab, name=name) == len(covered) > 0
        assert given(lab, "arm", name=name) == covered
        assert give(lab, name=name) == 0


def test_who_has_an_arm_keeps_it_whatever_is_edited(lab: Lab) -> None:
    keys = open_shop(lab, 60, x={"arms": FOUR, "coverage": "90%"})
    first, late = keys[:30], keys[30:]
    give(lab, *first)
    before = {key: arm for key, arm in arms(lab).items() if arm and key in first}
    edit(lab, weights=[0.97, 0.01, 0.01, 0.01], coverage="50%")
    after = arms(lab)
    assert {key: after[key] for key in before} == before
    assert {after[key] for key in late} <= {"control", "a", None}
    assert {key: after[key] for key in late} == {k: expected(lab, keys)[k] for k in late}


def test_whose_arm_is_gone_takes_no_part_however_much_of_the_share_others_have(lab: Lab) -> None:
    keys = open_shop(lab, 60, x={"arms": FOUR})
    give(lab, *keys[:30])
    before = given(lab, "arm")
    edit(lab, arms={"control": {}, "c": {}})
    after = arms(lab)
    standing = {key: arm if arm in ("control", "c") else None for key, arm in before.items()}
    assert {key: after[key] for key in before} == standing
    assert None in standing.values()
    assert {after[key] for key in keys[30:]} == {"control", "c"}
    give(lab, at=1)
    assert {key: given(lab, "arm")[key] for key in before} == before


def test_the_second_of_a_household_whose_arm_is_gone_takes_no_part_either(lab: Lab) -> None:
    keys = open_shop(lab, 60, x={"arms": FOUR, "unit": "household"})
    give(lab, *(key for key in keys if int(key) % 3 == 1))
    first = given(lab, "arm")
    edit(lab, arms={"control": {}, "c": {}})
    give(lab, at=1)
    both = given(lab, "arm", "probability")
    for key, arm in first.items():
        homemate = str(int(key) + 1)
        if arm in ("control", "c"):
            assert both.get(homemate, [arm, 0.25]) == [arm, 0.25]
        else:
            assert homemate not in both
            assert arms(lab)[homemate] is None


def test_of_two_arms_of_one_household_the_one_that_stands_counts(lab: Lab) -> None:
    open_shop(lab, 6, x={"unit": "household"})
    give(lab, "3", "4")
    number = select(CUSTOMERS.c.id).where(CUSTOMERS.c.key == "3").scalar_subquery()
    once = {"arm": "another", "probability": 0.9}
    third = tables.exposures.c.customer == number
    with lab.store.transaction() as connection:
        connection.execute(update(tables.exposures).where(third).values(once))
    assert arms(lab)["3"] is None
    give(lab, "5", at=1)
    found = given(lab, "arm", "probability")
    assert found["5"] == found["4"] != found["3"]


def test_who_moves_house_keeps_the_arm_that_they_have(lab: Lab) -> None:
    keys = open_shop(lab, 30, x={"arms": FOUR, "unit": "household"})
    give(lab)
    before = {key: arm for key, arm in arms(lab).items() if arm}
    customers = lab.store.tables.customers
    with lab.store.transaction() as connection:
        connection.execute(update(customers).values(a_household="home 1"))
    assert fill(lab) > 0
    assert {key: arm for key, arm in arms(lab).items() if key in before} == before
    newcomers = {arms(lab)[key] for key in keys if key not in before}
    assert newcomers == {before["4"]}  # of home 1


def test_who_comes_later_gets_a_share_and_nobody_a_second_one(lab: Lab) -> None:
    keys = open_shop(lab, 40, x={"arms": FOUR})
    before = arms(lab)
    later = [f"later {n}" for n in range(7)]
    with lab.store.transaction() as connection:
        insert_rows(connection, lab.store.tables.customers, ["key"], [(key,) for key in later])
    assert fill(lab) == len(later)
    assert fill(lab) == 0
    assert arms(lab) == expected(lab, [*keys, *later])
    assert before.items() <= arms(lab).items()


def test_who_is_held_out_has_no_arm_though_they_had_one(lab: Lab) -> None:
    keys = open_shop(lab, 60, x={})
    give(lab, *keys[:10])
    lab.holdout("40%")
    lab.store.fit(plan_traits(lab.playbook, lab.plugins).shape)
    fill(lab)
    out = {key for key in keys if stable_share(HOLDOUT_SEED, key) < threshold(0.4)}
    assert {key for key, arm in arms(lab).items() if arm is None} == out
    give(lab, at=1)
    assert set(given(lab, "at")) == {*keys[:10]} | ({*keys} - out)


def test_a_bandit_s_last_word_counts_for_those_who_come_next(lab: Lab) -> None:
    allocation = {"use": "thompson"}
    keys = open_shop(lab, 80, x={"arms": FOUR, "allocation": allocation})
    give(lab, *keys[:20])
    before = given(lab, "arm", "probability")
    assert {probability for _, probability in before.values()} == {0.25}
    for at, shares in ((1, (0.25, 0.25, 0.25, 0.25)), (2, (0.05, 0.05, 0.05, 0.85))):
        for arm, share in zip(FOUR, shares, strict=True):
            lab.insert(tables.allocations, experiment="x", at=day(at), arm=arm, probability=share)
    give(lab, at=2)
    after = given(lab, "arm", "probability")
    assert {key: after[key] for key in before} == before
    late = [after[key] for key in keys[20:]]
    assert sum(arm == "c" for arm, _ in late) > 40
    assert {probability for arm, probability in late if arm == "c"} == {0.85}


@pytest.mark.parametrize("words", [{}, {"hash": "growthbook"}, {"unit": "household"}])
def test_a_bandit_gives_the_covered_alone_its_probabilities(lab: Lab, words: Any) -> None:
    bandit = {"arms": FOUR, "allocation": {"use": "thompson"}, "coverage": "50%"}
    keys = open_shop(lab, 200, x=bandit | words)
    covered = {key for key, arm in arms(lab).items() if arm is not None}
    assert 0 < len(covered) < len(keys)
    for at, numbers in ((1, (0.7, 0.1, 0.1, 0.1)), (2, (0.05, 0.05, 0.2, 0.7))):
        shares = dict(zip(FOUR, numbers, strict=True))
        for arm, share in shares.items():
            lab.insert(tables.allocations, experiment="x", at=day(at), arm=arm, probability=share)
        now = arms(lab)
        assert {key for key, arm in now.items() if arm is not None} == covered
        assert now == expected(lab, keys, shares=shares)
    give(lab, at=2)
    assert all(p == shares[arm] for arm, p in given(lab, "arm", "probability").values())


def test_an_exposure_keeps_its_first_instant(lab: Lab) -> None:
    keys = open_shop(lab, 20, x={})
    assert give(lab, *keys[:5], at=1) == 5
    assert give(lab, at=2) == 15
    at = given(lab, "at")
    assert {key: at[key] for key in keys[:5]} == dict.fromkeys(keys[:5], day(1))
