"""Feedback that comes while messages go out is seen before the next one goes."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from regulars.delivery.feedback import load_feedback
from regulars.hooks import Plugins
from regulars.messages.link_tokens import Token, sign
from regulars.signing import signing_key
from regulars.store import Store

from tests.delivery.feedback.conftest import LATER, at, prepare

if TYPE_CHECKING:
    from pathlib import Path

    from tests.delivery.conftest import Shop

WAITING = '''
"""A channel that waits with its first message until it is told to go on."""
import time
from contextlib import contextmanager
from regulars import hookimpl
from regulars.hooks import ChannelKind, Receipt, Settings


class Sender:
    def __init__(self, folder):
        self.folder = folder

    def send(self, message):
        if message.address == "first@x.example" and not (self.folder / "go").exists():
            (self.folder / "waiting").touch()
            while not (self.folder / "go").exists():
                time.sleep(0.01)
        return Receipt(id=message.customer)


@contextmanager
def open_waiting(config, context):
    yield Sender(context.folder)


@hookimpl
def regulars_channels():
    return [
        ChannelKind(name, "for tests", Settings, open_waiting) for name in ("note", "careful-note")
    ]
'''


def waiting(shop: Shop, folder: Path) -> Shop:
    plugin = folder / "waiting.py"
    plugin.write_text(WAITING)
    plugins = Plugins.load(allow=[], files=[plugin])
    return replace(shop, plugins=plugins)


def test_who_says_no_during_a_run_gets_nothing_more_in_it(shop: Shop, tmp_path: Path) -> None:
    post = prepare(waiting(shop, tmp_path))
    (tmp_path / "go").touch()
    post.send("first@x.example", "bob@x.example", "eve@x.example", "ida@x.example")
    (tmp_path / "go").unlink()
    addresses = ("first@x.example", "bob@y.example", "Eve@x.example", "ida@x.example")
    post.shop.plan(*addresses, message="news")
    key = signing_key(post.shop.playbook, make=False)
    token = sign(key, Token("unsubscribe", "c6", "offers", "note"))
    reports = [
        {"event": "unsubscribed", "token": token, "at": at(hours=1)},
        {"event": "complained", "delivery": post.key(3), "at": at(hours=1)},
    ]
    file = tmp_path / "feedback.jsonl"
    file.write_text("\n".join(map(json.dumps, reports)))

    def tell() -> None:
        while not (tmp_path / "waiting").exists():
            time.sleep(0.01)
        store = Store.open(post.shop.store.url)
        try:
            said = load_feedback(store, post.shop.playbook, [file], LATER)
            assert said.rejected == 0
        finally:
            store.close()
            (tmp_path / "go").touch()

    telling = threading.Thread(target=tell)
    telling.start()
    post.shop.deliver(in_flight=1)
    telling.join()
    assert post.shop.decisions()[4:] == [
        ("sent", None), ("skipped", "consent"), ("skipped", "suppressed"), ("sent", None),
    ]  # fmt: skip
