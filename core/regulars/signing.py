"""Signing: the secret key of a playbook, and the signatures that are made with it.

The key is the playbook's own (``links: {key: {env: …}}``) or a file beside the store, made once.
Whoever has it can write links that regulars believes, so only its owner may read the file.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from regulars.errors import StoreError

if TYPE_CHECKING:
    from regulars.playbook.playbook import Playbook

SIZE = 32  # bytes of a key
_SIGNATURE = 16  # bytes of a signature; half of SHA-256 leaves 128 bits to guess


def signing_key(playbook: Playbook, *, make: bool) -> bytes:
    """The playbook's key: 32 bytes that are different for every playbook.

    Without one of its own and without a file, ``make`` makes the file. Otherwise the key is a
    random one for this call alone, so that nothing is left behind.

    Raises:
        StoreError: the file can't be read, made, or is damaged.
    """
    if playbook.links is not None and playbook.links.key is not None:
        secret = playbook.links.key.encode()
    else:
        file = key_file(playbook)
        try:
            secret = _read(file) or (_make(file) if make else secrets.token_bytes(SIZE))
        except OSError as error:
            raise StoreError(
                f"the key {file} can't be used: {error.strerror or error}; let its folder be "
                "writable, or write links: {key: {env: LINKS_KEY}}"
            ) from error
    # Clients of one agency may share a key: what one signed must mean nothing to another.
    return derived(secret, f"playbook {playbook.id}")


def key_file(playbook: Playbook) -> Path:
    """Where the key of a playbook without one of its own lies: beside its SQLite file or itself."""
    url = make_url(playbook.store)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.key")
    return playbook.folder / ".regulars" / f"{playbook.id}.key"


def derived(key: bytes, purpose: str) -> bytes:
    """The key for one ``purpose``: what it signs is nothing for another one."""
    return hmac.digest(key, f"regulars: {purpose}".encode(), "sha256")


def signature(key: bytes, content: bytes) -> bytes:
    """16 bytes that only somebody with ``key`` can write below ``content``."""
    return hmac.digest(key, content, "sha256")[:_SIGNATURE]


def _read(file: Path) -> bytes | None:
    """The key in ``file``; None where there is no file."""
    try:
        written = file.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise StoreError(
            f"the key {file} is damaged; put it back from a backup. Without it no link that was "
            "sent so far leads anywhere; if there is none, remove the file and a new one is made"
        )
    return key


def _make(file: Path) -> bytes:
    """A new key in ``file``, whole and for its owner alone; of two makers the first one's."""
    key = secrets.token_bytes(SIZE)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(f"{key.hex()}\n")
            opened.flush()
            os.fsync(opened.fileno())
        file.hardlink_to(part)  # which fails where there is a file already
    except FileExistsError:
        return _read(file) or key
    finally:
        part.unlink()
    return key
