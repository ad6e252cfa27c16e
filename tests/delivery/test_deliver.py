"""Delivery: every planned message ends in one decision with a reason."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from regulars.delivery.ledger import Ledger
from regulars.errors import RegularsError
from regulars.hooks import Plugins
from regulars.playbook.messages import Channel
from regulars.store import Store, tables
from sqlalchemy import update

STOPS = """
from regulars.hooks import hookimpl

@hookimpl
def regulars_enrich(customer):
    if customer["id"] == "c4":
        raise KeyboardInterrupt
"""


def test_every_planned_message_is_sent_once_and_its_receipt_kept(shop: Any) -> None:
    shop.plan(*(f"a{n}@x.example" for n in range(120)))
    shop.deliver(in_flight=50)
    rows = shop.rows()
    assert {(row.state, row.reason) for row in rows} == {("sent", None)}
    assert [row.provider_id for row in rows] == [f"note-c{n}" for n in range(1, 121)]
    assert {(row.decided_by, row.attempts, row.owner) for row in rows} == {(1, 1, None)}
    assert len(set(shop.lines("attempts"))) == len(shop.lines("attempts")) == 120


def test_a_second_delivery_sends_nothing(shop: Any) -> None:
    shop.plan("a@x.example")
    shop.deliver()
    shop.deliver()
    assert len(shop.lines("attempts")) == 1
    assert shop.rows()[0].decided_by == 1


def test_each_failure_has_its_state_and_reason(shop: Any) -> None:
    words = ("permanent", "dead", "unknown", "broken", "exit", "junk", "temporary", "fine")
    shop.plan(*(f"{word}@x.example" for word in words))
    shop.deliver()
    assert dict(zip(words, shop.decisions(), strict=True)) == {
        "permanent": ("failed", "permanent"),
        "dead": ("failed", "address"),
        "unknown": ("unknown", "no_answer"),
        "broken": ("unknown", "plugin"),
        "exit": ("unknown", "plugin"),
        "junk": ("unknown", "plugin"),
        "temporary": ("failed", "temporary"),
        "fine": ("sent", None),
    }


def test_a_plugin_that_breaks_is_named(corner: Any) -> None:
    corner.plan("broken@x.example")
    corner.deliver()
    detail = corner.rows()[0].detail
    assert detail.startswith("channel note, plugin note (")
    assert "ZeroDivisionError: a bug" in detail


def test_a_failure_for_now_is_tried_again_at_the_end_of_the_run(shop: Any) -> None:
    shop.plan("once@x.example", "fine@x.example", "temporary@x.example")
    shop.deliver()
    assert shop.decisions() == [("sent", None), ("sent", None), ("failed", "temporary")]
    assert [row.attempts for row in shop.rows()] == [2, 1, 3]
    tried = [line.split()[0] for line in shop.lines("attempts")]
    assert set(tried[:3]) == {"c1", "c2", "c3"}
    keys = [line.split()[1] for line in shop.lines("attempts") if line.startswith("c3 ")]
    assert len(keys) == 3
    assert len(set(keys)) == 1, "every attempt has the same key"


@pytest.mark.parametrize("customers", [1, 3, 6, 20])
def test_a_server_that_comes_back_gets_everything_whatever_the_number(
    corner: Any, customers: int
) -> None:
    corner.plan(*["away@x.example"] * customers)
    corner.deliver()
    assert {state for state, _ in corner.decisions()} <= {"failed", "planned"}
    (corner.playbook.folder / "back").touch()
    corner.now += timedelta(hours=47)
    corner.deliver()
    assert corner.decisions() == [("sent", None)] * customers
    assert {row.decided_by for row in corner.rows()} == {2}
    assert {row.detail for row in corner.rows()} == {None}


def test_what_failed_for_now_is_tried_for_two_days(shop: Any) -> None:
    shop.plan("temporary@x.example", "permanent@x.example")
    for hours in (0, 24, 23, 1, 100):  # the last two come two days after the plan, and later
        shop.now += timedelta(hours=hours)
        shop.deliver()
        assert shop.decisions() == [("failed", "temporary"), ("failed", "permanent")]
    tried = [line.split()[0] for line in shop.lines("attempts")]
    assert (tried.count("c1"), tried.count("c2")) == (9, 1)
    assert [row.decided_by for row in shop.rows()] == [3, 1]


def test_what_could_not_be_opened_is_sent_once_it_can(corner: Any) -> None:
    note = ("channels", "note")
    fails = corner.playbook.settings[note].model_copy(update={"open_fails": True})
    works = corner.playbook.settings
    corner.change(settings={**works, note: fails})
    corner.plan("fine@x.example")
    corner.deliver()
    assert corner.decisions() == [("failed", "temporary")]
    assert "plugin note (" in corner.rows()[0].detail
    corner.change(settings=works)
    corner.deliver()
    assert corner.decisions() == [("sent", None)]


def test_unknown_is_never_sent_again_by_itself(shop: Any) -> None:
    shop.plan("unknown@x.example")
    shop.deliver()
    shop.deliver()
    assert shop.decisions() == [("unknown", "no_answer")]
    assert len(shop.lines("attempts")) == 1


@pytest.mark.parametrize("plan", [{"message": "again"}, {"channel": "careful"}])
def test_unknown_is_tried_again_where_a_second_attempt_is_allowed(
    corner: Any, plan: dict[str, str]
) -> None:
    corner.plan("unknown@x.example", **plan)
    corner.deliver()
    assert corner.decisions() == [("unknown", "no_answer")]
    assert len(corner.lines("attempts")) == 3


def test_a_channel_that_is_away_keeps_its_messages_for_the_next_run(corner: Any) -> None:
    corner.plan(*["temporary@x.example"] * 200)
    corner.plan("fine@x.example", channel="careful")
    delivered = corner.deliver(in_flight=10)
    assert delivered.away == {"note": "the line is busy"}
    assert corner.decisions() == [("planned", None)] * 200 + [("sent", None)]
    assert len(corner.lines("attempts")) < 50


def test_a_channel_that_cannot_be_opened_loses_nothing(corner: Any) -> None:
    settings = corner.playbook.settings["channels", "note"].model_copy(update={"open_fails": True})
    corner.change(settings={**corner.playbook.settings, ("channels", "note"): settings})
    corner.plan(*["fine@x.example"] * 30)
    delivered = corner.deliver()
    assert "plugin note (" in delivered.away["note"]
    assert set(corner.decisions()) == {("planned", None)}
    assert {row.attempts for row in corner.rows()} == {0}
    assert corner.lines("attempts") == []


def test_a_template_that_fails_skips_its_recipient_alone(corner: Any) -> None:
    corner.plan("a@x.example", message="broken")
    corner.plan("b@x.example")
    corner.deliver()
    assert corner.decisions() == [("skipped", "render_error"), ("sent", None)]
    row = corner.rows()[0]
    assert row.attempts == 0
    assert "unsupported operand" in row.detail


def test_a_message_that_the_playbook_has_no_more_is_skipped(corner: Any) -> None:
    corner.plan("a@x.example", message="gone")
    corner.plan("a@x.example", channel="gone")
    corner.deliver()
    assert corner.decisions() == [("skipped", "unreachable")] * 2


def test_a_customer_who_was_erased_gets_nothing(shop: Any) -> None:
    shop.plan("a@x.example", "b@x.example")
    with shop.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM customers WHERE id = 1")
    shop.deliver()
    assert shop.decisions() == [("skipped", "unreachable"), ("sent", None)]
    assert len(shop.lines("attempts")) == 1


def test_a_rehearsal_decides_the_same_and_opens_nothing(corner: Any) -> None:
    corner.plan("a@x.example", "b@x.example")
    corner.plan("c@x.example", message="broken")
    with corner.store.rehearsal() as rehearsal:
        shop = replace(corner, store=rehearsal)
        shop.deliver(rehearse=True)
        expected = shop.decisions()
    assert set(corner.decisions()) == {("planned", None)}
    assert corner.lines("opened") == corner.lines("attempts") == []
    corner.deliver()
    assert corner.decisions() == expected


def test_each_thread_opens_and_closes_its_channel_once(corner: Any) -> None:
    corner.plan(*["a@x.example"] * 200)
    corner.deliver(in_flight=20)
    assert corner.lines("opened") == ["note run-1"] * 2
    assert corner.lines("closed") == ["note"] * 2


def test_a_channel_that_fails_while_it_closes_is_told_in_one_line(
    corner: Any, caplog: pytest.LogCaptureFixture
) -> None:
    corner.plan("a@x.example")
    (corner.playbook.folder / "closed").mkdir()  # in the way of what the channel writes then
    corner.deliver()
    assert corner.decisions() == [("sent", None)]
    (record,) = caplog.records
    assert record.getMessage().startswith("channel note, plugin note (")
    assert "failed while it was closed: IsADirectoryError: " in record.getMessage()
    assert record.exc_info is None


def test_a_slow_channel_does_not_hold_up_another(corner: Any) -> None:
    corner.plan(*["slow@x.example"] * 12)
    corner.plan(*["fast@x.example"] * 12, channel="careful")
    corner.deliver(in_flight=20)
    order = [line.split()[0] for line in corner.lines("attempts")]
    assert order.index("c24") < order.index("c12")
    assert set(corner.decisions()) == {("sent", None)}


def test_plugins_hear_what_was_sent_and_what_was_not(
    corner: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    corner.plan("a@x.example", "permanent@x.example", "once@x.example")
    corner.deliver()
    told = capsys.readouterr().out.splitlines()
    assert sorted(told) == [
        "refused c2 they said no: ***",
        "sent c1 b'note-c1' run-1",
        "sent c3 b'note-c3' run-1",
    ]


def test_what_a_provider_says_is_kept_without_secrets_and_fits_every_store(shop: Any) -> None:
    shop.plan("permanent@x.example", "odd@x.example")
    shop.deliver()
    refused, odd = shop.rows()
    assert refused.detail == "they said no: ***"
    assert odd.state == "sent"
    assert odd.provider_id.startswith("nul and half ?x")
    assert len(odd.provider_id) == 1000


def test_two_deliveries_at_once_send_everything_once(shop: Any) -> None:
    shop.plan(*(f"a{n}@x.example" for n in range(300)))
    shop.scope()  # the run that planned them has made the store fit
    other = replace(shop, store=Store.open(shop.store.url), runs=10)
    both = [threading.Thread(target=s.deliver, kwargs={"in_flight": 7}) for s in (shop, other)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    other.store.close()
    attempts = shop.lines("attempts")
    assert len(attempts) == len(set(attempts)) == 300
    assert set(shop.decisions()) == {("sent", None)}


def test_a_machine_that_slept_begins_nothing_that_was_taken_away_meanwhile(corner: Any) -> None:
    corner.plan(*["slow@x.example"] * 40)
    sending = threading.Thread(target=corner.deliver, kwargs={"in_flight": 40})
    sending.start()
    while len(corner.lines("attempts")) < 2:
        time.sleep(0.01)
    with corner.store.transaction() as connection:
        connection.execute(update(tables.deliveries).values(lease_until=1))
    with corner.store.transaction() as connection:
        Ledger("elsewhere", 9, 0).recover(connection, lambda *_: False)
    sending.join()
    assert len(corner.lines("attempts")) < 20
    assert [state for state, _ in corner.decisions()].count("unknown") > 20


def test_a_run_that_breaks_off_settles_what_was_sent_and_frees_the_rest(corner: Any) -> None:
    corner.plan(*["slow@x.example"] * 10)

    class Impatient:
        def start(self, _what: str, _total: int | None = None) -> None:
            pass

        def advance(self, count: int) -> None:
            if count:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corner.deliver(progress=Impatient())
    states = [state for state, _ in corner.decisions()]
    assert states.count("sent") == len(corner.lines("attempts")) < 10
    assert states.count("planned") == 10 - states.count("sent")
    corner.deliver()
    assert set(corner.decisions()) == {("sent", None)}
    assert len(corner.lines("attempts")) == 10


def test_a_run_that_stops_while_it_writes_a_message_leaves_none_unknown(corner: Any) -> None:
    (corner.playbook.folder / "stop.py").write_text(STOPS)
    files = [corner.playbook.folder / name for name in ("note.py", "stop.py")]
    stopped = replace(corner, plugins=Plugins.load(allow=[], files=files))
    corner.plan(*["a@x.example"] * 10)
    with pytest.raises(KeyboardInterrupt):
        stopped.deliver()
    states = [state for state, _ in corner.decisions()]
    assert states[3:] == ["planned"] * 7
    assert set(states) <= {"sent", "planned"}
    assert [row.attempts for row in corner.rows()] == [int(state == "sent") for state in states]
    corner.deliver()
    assert corner.decisions() == [("sent", None)] * 10
    assert len(corner.lines("attempts")) == 10


def test_a_full_disk_while_sending_is_told_in_a_line_and_the_next_run_goes_on(
    corner: Any, caplog: pytest.LogCaptureFixture
) -> None:
    corner.plan(*["odd@x.example"] * 100)
    with corner.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # no more than there are
    with pytest.raises(RegularsError, match="full"):
        corner.deliver(in_flight=30)
    (record,) = caplog.records
    assert record.getMessage().startswith("what was sent last can't be written down; ")
    assert record.exc_info is None
    with corner.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    claimed = {row.id for row in corner.rows() if row.state == "claimed"}
    assert len(claimed) == 30
    corner.deliver()
    assert {row.id for row in corner.rows() if row.state != "sent"} == claimed
    assert len(corner.lines("attempts")) == 100, "nothing twice"


def test_an_address_that_is_none_fails_in_the_plan_already(corner: Any) -> None:
    part = {"subject": "Hello", "body": "Hello"}
    message = corner.playbook.messages["hello"].model_validate({"note": part})
    corner.change(messages={"hello": message}, channels={"note": Channel(use="note")})
    corner.plan("not an address")
    with corner.store.rehearsal() as rehearsal:
        shop = replace(corner, store=rehearsal)
        shop.deliver(rehearse=True)
        assert shop.decisions() == [("failed", "address")]
    corner.deliver()
    assert corner.decisions() == [("failed", "address")]
    assert corner.lines("attempts") == []
