"""A client in a temporary folder: a playbook, its data, and the real command line."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from regulars.cli.entry import run_command_line

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
playbook: shop
timezone: UTC
customer: {attributes: {city: text, birthday: date, tier: text}}
sources:
  people:
    use: csv
    path: people.csv
    provides: customers
    map: {id: id, email: email, city: city, birthday: birthday, timezone: zone}
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {customer: customer, time: time, id: id, item: item, total: total}
channels:
  mail: {use: outbox}
messages:
  hello:
    mail: {subject: "Hello {{ customer.id }}", body: "Come back, {{ customer.id }}."}
"""


@dataclass
class Client:
    folder: Path
    store: str | None = None

    @property
    def path(self) -> Path:
        return self.folder / "playbook.yaml"

    def write(self, rest: str, head: str = HEAD, zone: str = "UTC") -> None:
        store = f"store: {self.store}\n" if self.store else ""
        text = store + head.replace("timezone: UTC", f"timezone: {zone}") + rest
        self.path.write_text(text, encoding="utf-8")

    def people(self, *rows: str) -> None:
        self._csv("people.csv", "id,email,city,birthday,zone", rows)

    def orders(self, *rows: str) -> None:
        self._csv("orders.csv", "customer,time,id,item,total", rows)

    def _csv(self, name: str, header: str, rows: tuple[str, ...]) -> None:
        (self.folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    def call(self, *arguments: str) -> tuple[int, str, str]:
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run_command_line(arguments)
        out.flush()
        return status, out.buffer.getvalue().decode(), err.getvalue()

    def report(self, command: str, at: str) -> dict[str, Any]:
        status, out, err = self.call(command, str(self.path), "--at", at, "--json")
        assert status == 0, err
        summary: dict[str, Any] = json.loads(out)
        return summary

    def run(self, at: str) -> dict[str, Any]:
        return self.report("run", at)

    def plan(self, at: str) -> dict[str, Any]:
        return self.report("plan", at)

    def entered(self, at: str, journey: str = "j") -> int:
        count: int = self.run(at)["journeys"][journey]["entered"]
        return count

    def told(self, customer: str) -> list[str]:
        """The messages that were planned for ``customer``, in order."""
        status, out, err = self.call("customers", "show", str(self.path), customer, "--json")
        assert status == 0, err
        return [message["message"] for message in json.loads(out)["messages"]]

    def sent(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("outbox/*/*") if path.is_file())


@pytest.fixture
def client(tmp_path: Path) -> Client:
    made = Client(tmp_path)
    made.people("ada,ada@example.com,Paris,1990-03-05,", "bob,bob@example.com,Rome,1992-02-29,")
    made.orders()
    return made


@pytest.fixture
def anywhere(client: Client, store_url: str) -> Client:
    """The client, once with each kind of database."""
    client.store = store_url
    return client
