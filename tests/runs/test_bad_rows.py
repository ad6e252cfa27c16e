"""Which rows are bad depends on what a playbook does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runs.conftest import Client

AT = "2026-05-01T09:00Z"
CHOSEN = "segments: {s: {performed: order, where: {item: {in: [7, bread]}}}}\n"


def orders(client: Client) -> dict[str, Any]:
    loaded: dict[str, Any] = client.run(AT)["ingested"]["orders"]
    return loaded


def members(client: Client) -> list[str]:
    status, out, err = client.call("segments", str(client.path), "s", "--members")
    assert status == 0, err
    return out.split()


def test_comparing_a_text_with_a_number_makes_no_row_bad(client: Client) -> None:
    client.orders(
        "ada,2026-04-01,1,bread,5", "bob,2026-04-01,2,7.0,5", "cleo,2026-04-01,3,tea,many"
    )
    client.write(CHOSEN)
    assert orders(client) == {"customers": 1, "events": 3, "rejected": 0}
    assert members(client) == ["ada", "bob"]


@pytest.mark.parametrize("kind", ["sum", "average", "largest", "smallest"])
def test_what_is_computed_with_must_be_a_number(client: Client, kind: str) -> None:
    client.orders("ada,2026-04-01,1,bread,5", "bob,2026-04-01,2,tea,many")
    client.write(f"traits: {{spend: {{{kind}: order.total}}}}\n")
    assert orders(client) == {"customers": 0, "events": 1, "rejected": 1}


def test_rows_come_back_when_a_playbook_no_longer_computes_with_their_texts(
    client: Client,
) -> None:
    client.orders("ada,2026-04-01,1,bread,5", "bob,2026-04-01,2,7,5")
    client.write("traits: {wrong: {sum: order.item}}\n" + CHOSEN)
    assert orders(client)["rejected"] == 1
    assert members(client) == ["bob"]
    client.write(CHOSEN)
    assert orders(client) == {"customers": 0, "events": 1, "rejected": 0}
    assert members(client) == ["ada", "bob"]
