"""What a playbook says about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from regulars.playbook.loading import Loaded

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("segments: {}", "1:1: 'playbook' is missing; name the client: playbook: corner-bakery"),
        ("playbook: 3", "1:11: playbook: should be text; put it in quotes"),
        ("playbook: ", "1:10: playbook: should be text; put it in quotes"),
        ("playbook: a b", "1:11: playbook: should be lower-case letters, digits, _ and -"),
        (f"playbook: {'a' * 81}", "1:11: playbook: should have at most 80 characters"),
        ('playbook: "a\\n"', "1:11: playbook: should be lower-case letters"),
        ("playbook: x\ntimezone: CET/CEST", "2:11: timezone: unknown timezone 'CET/CEST'"),
        ("playbook: x\ntimezone: ../../../etc/passwd", "2:11: timezone: unknown timezone"),
        ("playbook: x\nlocale: english", "2:9: locale: 'english' is not a locale; write it as en"),
        ("playbook: x\ncurrency: $", "2:11: currency: '$' is not a currency; write its three"),
        ("playbook: x\nstore: shop.db", "2:8: store: not a database URL; write it as sqlite:///"),
        ("playbook: x\nstore: oracle://x/y", "2:8: store: a store can be sqlite, postgresql,"),
        ("playbook: x\nstore: 'sqlite://'", "2:8: store: a store in memory forgets whom it"),
        ("playbook: x\nsegmnets: {}", "2:1: unknown field 'segmnets' (did you mean 'segments'?)"),
        ("playbook: x\nsegments: [a]", "2:11: segments: should be a mapping of names"),
        ("playbook: x\ncustomer: 3", "2:11: customer: should be a mapping of names"),
        ("playbook: x\ncustomer: {atributes: {}}", "2:12: customer: unknown field 'atributes'"),
        ("playbook: x\ncustomer: {attributes: x}", "2:24: customer.attributes: should be a map"),
        (
            "playbook: x\ncustomer: {attributes: {a: txt}}",
            "2:28: customer.attributes.a: should be text, number",
        ),
        ("playbook: x\ncustomer: {identities: []}", "2:24: customer.identities: must not be em"),
    ],
)
def test_each_mistake_is_told_at_its_place(problems: Problems, text: str, told: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"playbook.yaml:{told}")


def test_a_relative_store_is_beside_the_playbook(load: Load, folder: Path) -> None:
    assert load("playbook: x\nstore: sqlite:///a.db").playbook.store == f"sqlite:///{folder}/a.db"
    assert load("playbook: x\nstore: sqlite:////var/a.db").playbook.store == "sqlite:////var/a.db"


def test_a_server_as_store_is_left_as_it_is_written(load: Load) -> None:
    url = "postgresql://shop@db.example.com/shop?sslmode=require"
    assert load(f"playbook: x\nstore: {url}").playbook.store == url
