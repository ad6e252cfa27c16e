"""The key of a playbook: its own, or a file that is made once and for its owner alone."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from regulars.errors import StoreError
from regulars.playbook.links import Links
from regulars.playbook.playbook import Playbook
from regulars.signing import key_file, signing_key

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://links.corner.example"


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    store = f"sqlite:///{tmp_path / '.regulars' / 'shop.db'}"
    return Playbook("shop", tmp_path / "playbook.yaml", store=store, links=Links(base=BASE))


def test_a_key_is_made_once_beside_the_store(playbook: Playbook, tmp_path: Path) -> None:
    made = signing_key(playbook, make=True)
    file = tmp_path / ".regulars" / "shop.db.key"
    assert [path.name for path in file.parent.iterdir()] == ["shop.db.key"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_key(playbook, make=True) == signing_key(playbook, make=False) == made
    assert len(made) == 32


def test_the_key_of_a_server_store_lies_beside_the_playbook(
    playbook: Playbook, tmp_path: Path
) -> None:
    served = replace(playbook, store="postgresql://me@localhost/shop")
    assert key_file(served) == tmp_path / ".regulars" / "shop.key"


def test_without_making_no_file_is_left(playbook: Playbook, tmp_path: Path) -> None:
    assert signing_key(playbook, make=False) != signing_key(playbook, make=False)
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_its_own_needs_no_file_and_is_another_for_every_playbook(
    playbook: Playbook, tmp_path: Path
) -> None:
    shared = replace(playbook, links=Links(base=BASE, key="a key of the agency"))
    assert signing_key(shared, make=True) == signing_key(shared, make=False)
    assert signing_key(shared, make=True) != signing_key(replace(shared, id="x"), make=True)
    assert list(tmp_path.iterdir()) == []


def test_of_many_makers_all_get_the_same_key(playbook: Playbook) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: signing_key(playbook, make=True), range(64)))
    assert len(keys) == 1
    assert len(list(key_file(playbook).parent.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"short\n", b"00" * 31, b"\xff" * 64])
def test_a_damaged_key_is_told_and_not_replaced(playbook: Playbook, content: bytes) -> None:
    file = key_file(playbook)
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged; put it back"):
        signing_key(playbook, make=True)
    assert file.read_bytes() == content


def test_a_key_that_cannot_be_made_is_told(playbook: Playbook, tmp_path: Path) -> None:
    (tmp_path / ".regulars").write_text("no folder")
    with pytest.raises(StoreError, match=r"let its folder be writable|LINKS_KEY"):
        signing_key(playbook, make=True)


def test_the_mode_does_not_depend_on_the_umask(playbook: Playbook) -> None:
    before = os.umask(0)
    try:
        signing_key(playbook, make=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(key_file(playbook).stat().st_mode) == 0o600
