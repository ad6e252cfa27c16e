"""Bad input: one clear error that names place and remedy, exit status 2, nothing half done."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

AT = ("--at", "2026-05-01T09:00Z")
JOURNEY = "journeys: {j: {when: {event: order}, steps: [{send: hello}]}}\n"


def fails(client: Client, command: str = "check", status: int = 2) -> str:
    arguments = () if command == "check" else AT
    found, out, err = client.call(command, str(client.path), *arguments)
    assert found == status, err
    assert out == ""
    return err


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (
            "traits: {spend: {sum: order.total}}\nsegments: {s: {trait: spent, at_least: 1}}\n",
            r"playbook\.yaml:\d+:\d+: segments\.s: unknown trait 'spent' \(did you mean",
        ),
        ("timezone: UTC\n", r"playbook\.yaml:\d+:1: timezone: duplicate key"),
        (
            "segments: {a: {segment: b}, b: {segment: a}}\n",
            r"playbook\.yaml:\d+:\d+: segments\.\w.*circle",
        ),
        (
            "extra: 1\njourneys: {j: {when: {event: order}, steps: [{send: helo}]}}\n",
            r"unknown message 'helo' \(did you mean 'hello'\?\)",
        ),
    ],
)
def test_check_names_the_place_and_the_remedy(client: Client, rest: str, problem: str) -> None:
    client.write(rest)
    assert re.search(problem, fails(client)), fails(client)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("{{ customer.id", "hello"),
        ("{{ traits.spent }}", "unknown trait 'spent'"),
        ("{% for x in %}", "hello"),
    ],
)
def test_a_template_is_checked_before_anything_runs(
    client: Client, body: str, problem: str
) -> None:
    client.write(JOURNEY)
    text = client.path.read_text().replace("Come back, {{ customer.id }}.", body)
    client.path.write_text(text)
    error = fails(client)
    assert problem in error
    assert re.match(r".*playbook\.yaml:\d+:\d+: ", error)


def test_a_source_file_that_is_missing_is_named_with_its_place(client: Client) -> None:
    client.write(JOURNEY)
    (client.folder / "orders.csv").unlink()
    error = fails(client, "run")
    assert re.match(r".*playbook\.yaml:\d+:\d+: sources\.orders", error), error
    assert "orders.csv" in error
    assert not list(client.folder.glob("outbox/**/*.eml"))


def test_a_column_that_is_missing_is_named_with_those_there_are(client: Client) -> None:
    client.write(JOURNEY)
    (client.folder / "orders.csv").write_text("customer,when,id,item,total\nada,2026,1,bun,1\n")
    error = fails(client, "run")
    assert re.match(r".*playbook\.yaml:\d+:\d+: sources\.orders", error), error
    assert "'time'" in error
    assert "when" in error


def test_bad_rows_are_kept_aside_with_their_reason(client: Client) -> None:
    client.write(JOURNEY)
    client.orders(
        "ada,2026-05-01T08:00:00,1,bread,3.50",
        "ada,2026-05-01T08:00:00,2",
        "ada,yesterday,3,bread,3.50",
        "bob,2026-05-01T08:00:00,4,bread,1.00",
    )
    report = client.run("2026-05-01T09:00Z")
    assert report["ingested"]["orders"] == {"customers": 0, "events": 2, "rejected": 2}
    status, out, _ = client.call("sources", str(client.path))
    assert status == 0
    assert "'yesterday' is not a date or time" in " ".join(out.split())


def test_a_source_that_must_not_have_bad_rows_loads_nothing(client: Client) -> None:
    client.write(JOURNEY)
    text = client.path.read_text().replace(
        "path: orders.csv", "path: orders.csv\n    on_bad_row: stop"
    )
    client.path.write_text(text)
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50", "ada,yesterday,3,bread,3.50")
    assert "'yesterday'" in fails(client, "run")
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50")
    assert client.run("2026-05-01T09:00Z")["ingested"]["orders"]["events"] == 1


def test_a_plugin_that_fails_on_import_is_named_where_it_is_used(client: Client) -> None:
    (client.folder / "broken.py").write_text("raise RuntimeError('no luck')\n")
    client.write("plugins: [./broken.py]\n" + JOURNEY)
    text = client.path.read_text().replace("use: outbox", "use: carrier-pigeon")
    client.path.write_text(text)
    error = fails(client)
    assert "no luck" in error
    assert "broken" in error


def test_a_run_beside_another_on_the_same_playbook_is_told_so(client: Client) -> None:
    client.write(JOURNEY)
    client.run("2026-05-01T08:00Z")
    script = (
        "import sys\nfrom regulars.store import hold\n"
        "with hold(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    store = f"sqlite:///{client.folder}/.regulars/shop.db"
    with subprocess.Popen(
        [sys.executable, "-c", script, store],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert str(holder.pid) in fails(client, "run", 3)
        holder.communicate("")
    client.run("2026-05-01T09:00Z")


def test_a_store_never_goes_back_in_time(client: Client) -> None:
    client.write(JOURNEY)
    client.run("2026-05-02T08:00Z")
    assert "2026-05-02" in fails(client, "run")


def test_a_store_belongs_to_one_playbook(client: Client) -> None:
    client.store = f"sqlite:///{client.folder}/shared.db"
    client.write(JOURNEY)
    client.run("2026-05-01T08:00Z")
    client.path.write_text(client.path.read_text().replace("playbook: shop", "playbook: cafe"))
    assert "'shop'" in fails(client, "run")


def test_help_imports_nothing_that_is_slow() -> None:
    script = (
        "import sys\nfrom regulars.cli.entry import run_command_line\n"
        "run_command_line(['--help'])\n"
        "heavy = {'sqlalchemy', 'pydantic', 'jinja2', 'rich', 'numpy', 'alembic'}\n"
        "slow = heavy & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "plan" in done.stdout


def test_every_kind_of_mistake_is_told_at_once(client: Client) -> None:
    client.write(
        "traits: {spend: {sum: order.total}}\n"
        "timezone: UTC\n"
        "segments: {s: {trait: spent, at_least: 1}, a: {segment: a}}\n" + JOURNEY
    )
    text = client.path.read_text().replace("Come back, {{ customer.id }}.", "{{ traits.spendd }}")
    client.path.write_text(text)
    error = fails(client)
    for problem in ("duplicate key", "'spent'", "circle", "'spendd'"):
        assert problem in error
    assert len(error.splitlines()) == 4
