"""Time the buy-till-you-die models on very many customers, beside lifetimes.

    python bench/btyd.py [--customers N] [--slow N] [--json FILE] [--keep FOLDER]

Customers who first came on some day of two years are drawn by a seed. Each fit, with all scores
after it, is a process of its own, so that its memory is its own as well; the times are those of
the fit and of each score of all customers, without imports and reading. Time of the processor is
printed as well: on a machine with other work the clock says little. lifetimes may be anywhere:
the variable PEERS names the Python that has it, by default this one. It fits Pareto/NBD to the
first ``--slow`` customers only, which takes it minutes; 0 leaves that out.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measuring import Result, Row, benchmark, machine, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Known = tuple[Floats, Floats, Floats]
    Taken = dict[str, float]

SEED = 5
PLANTED = (0.55, 10.6, 0.61, 11.7)  # r, alpha, s, beta, as of CDNOW
DAYS = 730
HORIZON = 39.0
MODELS = ("bg-nbd", "mbg-nbd", "pareto-nbd")
SCORES = dict.fromkeys(("alive", "expected_events", "next_event_by"), 2.0)  # seconds
LIMITS: dict[str, dict[str, float]] = {
    "bg-nbd": {"MB": 300.0, "fit": 1.0, **SCORES},
    "mbg-nbd": {"MB": 300.0, "fit": 1.0, **SCORES},
    "pareto-nbd": {"fit": 5.0, **SCORES},
}
PEERS = os.environ.get("PEERS", sys.executable)


def drawn(count: int, seed: int = SEED) -> Known:
    """x, t_x and T in weeks of customers who live and buy by Pareto/NBD, by whole days."""
    chance = np.random.default_rng(seed)
    r, alpha, s, beta = PLANTED
    age = chance.integers(0, DAYS, count)
    lifetime = 7 * chance.exponential(1 / chance.gamma(s, 1 / beta, count))
    daily = chance.gamma(r, 1 / alpha, count) / 7
    end = np.minimum(age, lifetime)
    events = chance.poisson(daily * end)
    whose = np.repeat(np.arange(count), events)
    day = np.ceil(chance.random(len(whose)) * end[whose])
    keys = np.unique(whose * (DAYS + 1) + day.astype(np.int64))
    whose, day = keys // (DAYS + 1), keys % (DAYS + 1)
    kept = day <= age[whose]
    whose, day = whose[kept], day[kept]
    last = np.zeros(count)
    np.maximum.at(last, whose, day)
    return np.bincount(whose, minlength=count).astype(float), last / 7, age / 7


def timed(work: Callable[[], Any]) -> tuple[Taken, Any]:
    """What ``work`` took, and what it gives."""
    start, used = time.perf_counter(), time.process_time()
    done = work()
    taken = {"s": time.perf_counter() - start, "cpu_s": time.process_time() - used}
    return taken, done


def of_regulars(name: str, known: Known) -> dict[str, Any]:
    from regulars_models.btyd.catalogue import MODELS as KINDS  # noqa: PLC0415
    from regulars_models.btyd.compression import compress, history  # noqa: PLC0415
    from regulars_models.btyd.model import expected_events, fit  # noqa: PLC0415

    model, past = KINDS[name], history(*known)
    fitting, found = timed(lambda: fit(model, compress(past)))
    fitted_mb = peak_mb()
    scores = {
        "alive": lambda: model.alive(found.parameters, past),
        "expected_events": lambda: expected_events(model, found.parameters, past, HORIZON),
        "next_event_by": lambda: model.next_event_by(found.parameters, past, 0.5),
    }
    return {
        "log_likelihood": found.log_likelihood,
        "parameters": dict(zip(found.names, found.parameters.tolist(), strict=True)),
        "fit": fitting,
        "fit_mb": fitted_mb,
        "scores": {score: timed(work)[0] for score, work in scores.items()},
    }


def of_lifetimes(name: str, known: Known) -> dict[str, Any]:
    import lifetimes  # type: ignore[import-not-found]  # noqa: PLC0415

    fitters = {
        "bg-nbd": lifetimes.BetaGeoFitter,
        "mbg-nbd": lifetimes.ModifiedBetaGeoFitter,
        "pareto-nbd": lifetimes.ParetoNBDFitter,
    }
    fitter = fitters[name]()
    fitting, _ = timed(lambda: fitter.fit(*known))
    fitted_mb = peak_mb()
    predict = fitter.conditional_expected_number_of_purchases_up_to_time
    scores = {
        "alive": lambda: fitter.conditional_probability_alive(*known),
        "expected_events": lambda: predict(HORIZON, *known),
    }
    return {
        "parameters": {each: float(value) for each, value in fitter.params_.items()},
        "fit": fitting,
        "fit_mb": fitted_mb,
        "scores": {score: timed(work)[0] for score, work in scores.items()},
    }


ENGINES = {"regulars": of_regulars, "lifetimes": of_lifetimes}


def peak_mb() -> float:
    """The most memory that this process had so far, without that of the process it came from."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_048_576 if sys.platform == "darwin" else 1_024)


def one(engine: str, name: str, count: int) -> None:
    """What a process of its own does: fit and score, and print the numbers as JSON."""
    stored = np.load("customers.npy", mmap_mode="r")
    known = tuple(np.array(column[:count]) for column in stored)
    print(json.dumps({"customers": len(known[0]), **ENGINES[engine](name, known)}))  # type: ignore[arg-type]


def measure(folder: Path, customers: int, slow: int) -> Result:
    known = drawn(customers)
    np.save(folder / "customers.npy", np.array(known))
    result: Result = {"models": {}, "machine": machine(), "left_out": not _has_lifetimes()}
    for name in MODELS:
        result["models"][name] = {"regulars": _measured("regulars", folder, name, customers)}
        count = min(slow, customers) if name == "pareto-nbd" else customers
        if count and not result["left_out"]:
            result["models"][name]["lifetimes"] = _measured("lifetimes", folder, name, count)
    return result


def _measured(engine: str, folder: Path, name: str, count: int) -> dict[str, Any]:
    python = sys.executable if engine == "regulars" else PEERS
    command = [python, str(Path(__file__).resolve()), "one", engine, name, str(count)]
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _has_lifetimes() -> bool:
    command = [PEERS, "-c", "import lifetimes"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def told(result: Result) -> str:
    parts = [table(_rows(name, engines)) for name, engines in result["models"].items()]
    if result["left_out"]:
        parts.append(
            "left out: lifetimes. Install it beside regulars, not into it:\n"
            "  python3 -m venv build/peers && build/peers/bin/pip install lifetimes\n"
            "  PEERS=build/peers/bin/python python bench/btyd.py"
        )
    return "\n\n".join(parts)


def _rows(name: str, engines: dict[str, Any]) -> list[Row]:
    rows: list[Row] = []
    for engine, found in engines.items():
        limits = LIMITS[name] if engine == "regulars" else {}
        parameters = " ".join(f"{key} {value:.4f}" for key, value in found["parameters"].items())
        rows.append((f"{name}, {engine}", f"{found['customers']:,}", parameters))
        rows.append(("  fit: memory", f"{found['fit_mb']:.0f} MB", _wanted(limits, "MB", "MB")))
        for work, taken in {"fit": found["fit"], **found["scores"]}.items():
            wanted = _wanted(limits, work, "s")
            cpu = f"{taken['cpu_s']:.2f} s of processor"
            rows.append((f"  {work}", f"{taken['s']:.2f} s", f"{cpu}   {wanted}".rstrip()))
    return rows


def _wanted(limits: dict[str, float], what: str, unit: str) -> str:
    return f"<= {limits[what]:g} {unit}" if what in limits else ""


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        benchmark(__doc__, {"customers": 1_000_000, "slow": 20_000}, measure, told)
