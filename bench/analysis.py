"""Time the analysis of a few arms beside two packages that people use for it.

    python bench/analysis.py [--repeats N] [--json FILE] [--keep FOLDER]

The same totals go to regulars, to gbstats (GrowthBook's engine; it knows two arms only, so four
are three comparisons with the control) and to bayesian-testing, which draws at random. What each
answers is printed, because a fast wrong answer is worth nothing. Each is a process of its own, and
its time the shortest of many repeats, without imports. The packages may be anywhere: the variable
PEERS names the Python that has them, by default this one. What is missing is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measuring import Result, Row, benchmark, machine

if TYPE_CHECKING:
    from collections.abc import Callable

    Arms = list[tuple[int, int]]
    Answer = dict[str, list[float]]

CASES: dict[str, Arms] = {
    "two arms": [(200, 1000), (230, 1000)],
    "two arms, few": [(0, 50), (3, 50)],
    "two arms, many": [(50_000_000, 10**9), (50_010_000, 10**9)],
    "four arms": [(200, 1000), (230, 1000), (215, 1000), (190, 1000)],
}
LIMITS = {"two arms": 0.5, "two arms, few": 0.5, "four arms": 5.0}  # ms
PACKAGES = {"gbstats": "gbstats", "bayesian-testing": "bayesian_testing"}
PEERS = os.environ.get("PEERS", sys.executable)


def of_regulars(prior: str) -> Callable[[Arms], Answer]:
    from regulars_models.bayes_ab.quick.answer import answer  # noqa: PLC0415
    from regulars_models.bayes_ab.quick.totals import Totals  # noqa: PLC0415

    def analysed(arms: Arms) -> Answer:
        totals = [Totals(str(place), n, x) for place, (x, n) in enumerate(arms)]
        found = answer("conversion", totals, prior)  # type: ignore[arg-type]
        return {
            "best": [arm.p_best for arm in found.arms],
            "loss": [arm.expected_loss or 0.0 for arm in found.arms],
        }

    return analysed


def of_gbstats() -> Callable[[Arms], Answer]:
    """With its defaults but for absolute differences, whose risk is in points as others' is."""
    from gbstats.bayesian.tests import (  # type: ignore[import-not-found]  # noqa: PLC0415
        EffectBayesianABTest,
        EffectBayesianConfig,
    )
    from gbstats.models.statistics import ProportionStatistic  # type: ignore[import-not-found]  # noqa: PLC0415

    def analysed(arms: Arms) -> Answer:
        control, *others = (ProportionStatistic(n=n, sum=x) for x, n in arms)
        config = EffectBayesianConfig(difference_type="absolute")
        found = [EffectBayesianABTest(control, arm, config).compute_result() for arm in others]
        if len(found) > 1:
            return {"beats control": [float(result.chance_to_win) for result in found]}
        chance = float(found[0].chance_to_win)
        return {"best": [1 - chance, chance], "loss": [float(risk) for risk in found[0].risk]}

    return analysed


def of_bayesian_testing() -> Callable[[Arms], Answer]:
    """With the flat prior of the others and its own number of draws."""
    from bayesian_testing.experiments import BinaryDataTest  # type: ignore[import-not-found]  # noqa: PLC0415

    def analysed(arms: Arms) -> Answer:
        test = BinaryDataTest()
        for place, (x, n) in enumerate(arms):
            test.add_variant_data_agg(str(place), n, x, a_prior=1, b_prior=1)
        found = test.evaluate(seed=1)
        return {
            "best": [float(arm["prob_being_best"]) for arm in found],
            "loss": [float(arm["expected_loss"]) for arm in found],
        }

    return analysed


ENGINES: dict[str, Callable[[], Callable[[Arms], Answer]]] = {
    "regulars, lift prior": lambda: of_regulars("lift"),
    "regulars, flat prior": lambda: of_regulars("flat"),
    "gbstats": of_gbstats,
    "bayesian-testing": of_bayesian_testing,
}


def timed(analysed: Callable[[Arms], Answer], arms: Arms, repeats: int) -> dict[str, Any]:
    found = analysed(arms)
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        analysed(arms)
        taken.append(time.perf_counter() - start)
    return {"ms": 1000 * min(taken), **found}


def one(engine: str, repeats: int) -> None:
    """What a process of its own does: measure one engine and print it as JSON."""
    analysed = ENGINES[engine]()
    print(json.dumps({case: timed(analysed, arms, repeats) for case, arms in CASES.items()}))


def measure(folder: Path, repeats: int) -> Result:
    result: Result = {"engines": {}, "machine": machine()}
    for engine in ENGINES:
        python = PEERS if engine in PACKAGES else sys.executable
        if engine in PACKAGES and not _has(python, PACKAGES[engine]):
            continue
        command = [python, str(Path(__file__).resolve()), "one", engine, str(repeats)]
        done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE)
        result["engines"][engine] = json.loads(done.stdout)
    return result


def _has(python: str, package: str) -> bool:
    found = subprocess.run([python, "-c", f"import {package}"], check=False, capture_output=True)
    return found.returncode == 0


def told(result: Result) -> str:
    parts = [_table(case, result["engines"]) for case in CASES]
    missing = [package for package in PACKAGES if package not in result["engines"]]
    if missing:
        names = " ".join(missing)
        parts.append(
            f"left out: {names}. Install what is missing beside regulars, not into it:\n"
            f"  python3 -m venv build/peers && build/peers/bin/pip install {names}\n"
            "  PEERS=build/peers/bin/python python bench/analysis.py"
        )
    return "\n\n".join(parts)


def _table(case: str, engines: dict[str, Any]) -> str:
    arms = " v ".join(f"{x:,}/{n:,}" for x, n in CASES[case])
    wanted = f", wanted ≤ {LIMITS[case]} ms" if case in LIMITS else ""
    rows = [_row(engine, found[case]) for engine, found in engines.items()]
    lines = [f"{name:<22}{taken:>11}   {said}" for name, taken, said in rows]
    return "\n".join([f"{case}: {arms}{wanted}", *lines])


def _row(engine: str, found: dict[str, Any]) -> Row:
    said = [f"{word} {_numbers(found[word])}" for word in found if word != "ms"]
    return engine, f"{found['ms']:.3f} ms", "; ".join(said)


def _numbers(values: list[float]) -> str:
    return " ".join(f"{value:.4g}" for value in values)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        benchmark(__doc__, {"repeats": 200}, measure, told)
