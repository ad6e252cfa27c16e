"""``regulars customers export`` and ``erase`` as a person calls them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

PLAYBOOK = """\
traits: {spend: {sum: order.total}, usual: {most_common: order.item}}
segments: {s: {performed: order, within: 30d}}
journeys: {j: {when: {event: order}, steps: [{send: hello}, {wait: 9d}, {send: hello, id: two}]}}
"""


@pytest.fixture
def shop(client: Client) -> Client:
    client.orders("ada,2026-05-01T08:00:00,1,bread,3.50", "bob,2026-05-01T08:00:00,2,cake,1")
    client.write(PLAYBOOK)
    client.run("2026-05-01T09:00Z")
    return client


def exported(client: Client, customer: str) -> dict[str, Any]:
    status, out, err = client.call("customers", "export", str(client.path), customer)
    assert status == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def test_all_that_is_stored_of_a_customer_is_one_json_object(shop: Client) -> None:
    told = exported(shop, "ada")
    assert told["customer"]["email"] == "ada@example.com"
    assert told["customer"]["birthday"] == "1990-03-05"
    (event,) = told["events"]
    assert (event["event"], event["source"]) == ("order", "orders")
    assert event["properties"] == {"item": "bread", "total": "3.50"}
    assert told["traits"]["spend"] == 3.5
    assert told["traits"]["usual"] == "bread"
    assert [row["segment"] for row in told["segments"]] == ["s"]
    assert told["entries"][0]["journey"] == "j"
    assert told["positions"][0]["step"] == "wait-1"
    assert told["steps"][0]["step"] == "hello"
    assert told["deliveries"][0]["address"] == "ada@example.com"
    assert told["deliveries"][0]["state"] == "sent"
    assert "bob" not in json.dumps(told)


def test_undeclared_fields_and_rejected_rows_are_exported_too(client: Client) -> None:
    client.write("")
    head = client.path.read_text(encoding="utf-8").replace(", city: city", ", nick: city")
    client.path.write_text(head, encoding="utf-8")
    client.people("ada,ada@example.com,The Countess,,", "x,x@y.example,Z,ada@example.com,")
    client.run("2026-05-01")
    told = exported(client, "ada")
    assert told["customer"]["undeclared"] == {"nick": "The Countess"}
    assert [row["row"] for row in told["rejects"]] == [3]
    assert client.call("customers", "erase", str(client.path), "ada", "--yes")[0] == 0
    assert "ada" not in client.call("sources", str(client.path))[1]


def test_an_export_may_go_into_a_file_that_is_its_owners_alone(shop: Client) -> None:
    file = shop.folder / "ada.json"
    status, out, _ = shop.call("customers", "export", str(shop.path), "ada", "--output", str(file))
    assert (status, out) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))["customer"]["id"] == "ada"
    assert file.stat().st_mode & 0o777 == 0o600


def test_who_is_not_there_is_told(shop: Client) -> None:
    for command in ("export", "erase"):
        status, _, err = shop.call("customers", command, str(shop.path), "zoe")
        assert status == 2
        assert "there is no customer 'zoe'" in err


def test_before_the_first_run_there_is_nobody(client: Client) -> None:
    client.write("")
    status, _, err = client.call("customers", "erase", str(client.path), "ada", "--yes")
    assert status == 2
    assert "nothing has run yet" in err


def test_erasing_says_what_went_and_a_second_time_that_it_did(shop: Client) -> None:
    words = ("customers", "erase", str(shop.path), "ada", "--yes")
    status, out, _ = shop.call(*words)
    assert status == 0
    assert out.startswith("ada is erased: 1 customers, 1 events")
    status, out, _ = shop.call(*words)
    assert status == 0
    assert "was erased on 20" in out
    status, _, err = shop.call("customers", "export", str(shop.path), "ada")
    assert status == 2
    assert "ada was erased on 20" in err
    assert "bob" in json.dumps(exported(shop, "bob"))
    assert shop.run("2026-05-11T09:00Z")["journeys"]["j"]["completed"] == 1


def test_nobody_is_erased_without_a_yes(shop: Client) -> None:
    command = [sys.executable, "-m", "regulars", "customers", "erase", str(shop.path), "ada"]
    done = subprocess.run(command, input=b"y\n", capture_output=True, check=False)
    assert done.returncode == 2
    assert b"say --yes" in done.stderr
    assert asked(command, b"n\n") == 130
    exported(shop, "ada")
    assert asked(command, b"y\n") == 0
    assert shop.call("customers", "export", str(shop.path), "ada")[0] == 2


def asked(command: list[str], answer: bytes) -> int:
    """The exit status of a command at a terminal where somebody types ``answer``."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        os.write(ours, answer)
        _, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert b"Erase ada for good" in err
    return process.returncode
