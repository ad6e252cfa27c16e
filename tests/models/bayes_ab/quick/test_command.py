"""``regulars ab`` as a person calls it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def call(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "regulars", "ab", *words],
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "80", "PATH": ""},
    )


def test_a_quick_question_has_a_quick_answer() -> None:
    done = call("control=10/100", "offer=15/100")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Who converts, lift prior N(0, 5 %)\n")
    assert "Not enough data yet: offer leads" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_json_is_the_exact_answer_of_the_reference() -> None:
    done = call("control=10/100", "offer=15/100", "--prior", "flat", "--json")
    found = json.loads(done.stdout)

    assert found["p_beats_control"]["offer"] == pytest.approx(0.853283789933966, abs=1e-9)
    assert found["arms"]["control"]["expected_loss"] == pytest.approx(0.0525976959738, abs=1e-9)


def test_the_first_arm_is_the_control() -> None:
    found = json.loads(call("b=15/100", "a=10/100", "--prior", "flat", "--json").stdout)

    assert list(found["arms"]) == ["b", "a"]
    assert found["p_beats_control"] == {"a": pytest.approx(1 - 0.853283789933966)}


def test_a_plan_says_how_long_each_rule_takes_and_how_often_it_is_wrong() -> None:
    words = ("--plan", "--base", "5%", "--lift", "10%", "--per-day", "200")
    rules = {rule["rule"]: rule for rule in json.loads(call(*words, "--json").stdout)["rules"]}
    told = call(*words).stdout

    assert told.startswith("To find a lift of 10% where 5% convert, with 200 visitors a day")
    assert 250 < rules["fixed"]["days"] < rules["group-sequential"]["days"] < 400
    assert rules["flat"]["measured"]["nothing"] > 0.3 > rules["fixed"]["measured"]["nothing"]
    assert f"{rules['fixed']['days']}" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), ["which arms? Write each as NAME=CONVERTED/VISITORS"]),
        (("a=1", "b=3/2"), ["a=1: write a conversion as", "b=3/2: more converted than came"]),
        (("a=1/2", "--base", "5%"), ["--base: only with --plan; add it"]),
        (("--plan", "a=1/2"), ["leave the arms out"]),
        (("--plan", "--base", "5"), ["--lift: --plan needs it", "--per-day", "write it as 5%"]),
        (
            ("--plan", "--base", "0%", "--lift", "0%", "--per-day", "0"),
            ["--base: it must", "--lift: it must", "--per-day: it must"],
        ),
        (("--plan", "--base", "60%", "--lift", "80%", "--per-day", "9"), ["--lift: it must"]),
        (
            ("--plan", "--base", "5%", "--lift", "10%", "--per-day", "inf"),
            ["--per-day: inf is no number of visitors; write it as 200"],
        ),
    ],
)
def test_wrong_input_is_told_all_at_once(words: tuple[str, ...], said: list[str]) -> None:
    done = call(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert [part for part in said if part not in done.stderr] == []


def test_loading_its_plugin_loads_nothing_slow() -> None:
    code = (
        "import sys, click; from regulars.hooks import Plugins; "
        "Plugins.load().commands(click.Group()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "regulars_models.bayes_ab.quick.command" in done.stdout.split()
    assert not {"scipy", "numpy", "rich"} & set(done.stdout.split())
