from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from regulars.errors import PluginError
from regulars.hooks import Outgoing, Plugins, Receipt, RunInfo

Loose = Callable[..., Path]
Load = Callable[..., Plugins]

BEGIN = """
from dataclasses import replace
from pathlib import Path
from regulars.hooks import hookimpl

heard = Path(__file__).with_suffix(".heard")

@hookimpl
def """


@pytest.fixture
def load(loose: Loose) -> Load:
    """Plugins with one loose file for each piece of code, in order: a.py, b.py …"""

    def load(*codes: str) -> Plugins:
        names = ("a.py", "b.py", "c.py")
        files = [loose(BEGIN + code, name) for name, code in zip(names, codes, strict=False)]
        return Plugins.load(files=files)

    return load


def test_without_deciders_everything_may_be_sent_as_it_is(
    load: Load, message: Outgoing, run: RunInfo
) -> None:
    plugins = load("regulars_sent(message): pass")

    assert not plugins.has_deciders
    assert plugins.may_send(message, {}, run) is None
    assert plugins.enrich({}, run) == {}
    assert plugins.prepare(message, run) is message


@pytest.mark.parametrize("hook", ["may_send", "enrich", "prepare"])
def test_any_decider_is_known(hook: str, load: Load) -> None:
    assert load(f"regulars_{hook}(run): return None").has_deciders


# ------------------------------------------------------------------ may send


def test_one_plugin_that_refuses_is_enough_and_is_named(
    load: Load, message: Outgoing, run: RunInfo, tmp_path: Path
) -> None:
    plugins = load(
        "regulars_may_send(run): return None",
        "regulars_may_send(message, customer): return f'not to {customer[\"city\"]}'",
    )

    said = plugins.may_send(message, {"city": "Reno"}, run)

    assert said == f"b ({tmp_path / 'b.py'}): not to Reno"


@pytest.mark.parametrize(
    "body", ["1 / 0", "raise SystemExit", "return False", "return True", "return ''", "return 0"]
)
def test_a_plugin_that_fails_to_decide_refuses(
    body: str,
    load: Load,
    message: Outgoing,
    run: RunInfo,
    caplog: pytest.LogCaptureFixture,
) -> None:
    plugins = load(f"regulars_may_send(message): {body}")

    said = plugins.may_send(message, {}, run) or ""

    assert re.fullmatch(r"a \(.*a\.py\): failed, so nobody looked at this message", said)
    assert re.match(r"a \(.*a\.py\): regulars_may_send: ", caplog.messages[0])


def test_a_plugin_that_has_a_say_but_is_broken_refuses(
    load: Load, message: Outgoing, run: RunInfo
) -> None:
    plugins = load("regulars_may_send(message): return None\n@hookimpl\ndef regulars_chanels(): 0")

    assert plugins.has_deciders
    assert "broken, so nobody looked" in (plugins.may_send(message, {}, run) or "")


def test_a_broken_plugin_that_has_no_say_refuses_nothing(
    load: Load, message: Outgoing, run: RunInfo
) -> None:
    plugins = load("regulars_chanels(): return []")

    assert plugins.may_send(message, {}, run) is None


def test_a_plugin_can_not_change_the_customer(load: Load, message: Outgoing, run: RunInfo) -> None:
    customer = {"city": "Reno"}
    plugins = load("regulars_may_send(customer): customer['city'] = 'Rome'")

    assert "failed" in (plugins.may_send(message, customer, run) or "")
    assert customer == {"city": "Reno"}


# ------------------------------------------------------------------ enrich


def test_what_plugins_tell_is_put_together(load: Load, run: RunInfo) -> None:
    plugins = load(
        "regulars_enrich(customer): return {'initial': customer['first_name'][0]}",
        "regulars_enrich(customer): return {'greeting': 'Dear ' + customer['initial']}",
    )

    assert plugins.enrich({"first_name": "Ada"}, run) == {"initial": "A", "greeting": "Dear A"}


@pytest.mark.parametrize(
    "body",
    [
        "1 / 0",
        "return 7",
        "return ['city']",
        "return {'city': 'Rome'}",
        "return {'two words': 1}",
        "return {7: 1}",
    ],
)
def test_the_share_of_a_plugin_that_fails_to_enrich_is_absent(
    body: str, load: Load, run: RunInfo, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = load(
        f"regulars_enrich(customer): {body}", "regulars_enrich(): return {'weather': 'sunny'}"
    )

    assert plugins.enrich({"city": "Reno"}, run) == {"weather": "sunny"}
    assert "regulars_enrich" in caplog.messages[0]


# ------------------------------------------------------------------ prepare


def test_plugins_prepare_a_message_one_after_the_other(
    load: Load, message: Outgoing, run: RunInfo
) -> None:
    plugins = load(
        "regulars_prepare(message): return replace(message, text=message.text + ' Yours,')",
        "regulars_prepare(message): return None",
        "regulars_prepare(message): return replace(message, text=message.text + ' Bo')",
    )

    prepared = plugins.prepare(message, run)

    assert prepared == replace(message, text="We kept you a rye bread. Yours, Bo")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("return message.text", "return an Outgoing"),
        ("return replace(message, address='+1666')", "it changed the message's address"),
        ("return replace(message, key='other')", "it changed the message's key"),
        ("return replace(message, customer='other')", "it changed the message's customer"),
        ("return replace(message, medium='email')", "it changed the message's medium"),
    ],
)
def test_a_message_is_not_sent_when_a_plugin_fails_to_prepare_it(
    body: str, reason: str, load: Load, message: Outgoing, run: RunInfo
) -> None:
    plugins = load(f"regulars_prepare(message): {body}")

    with pytest.raises(PluginError) as error:
        plugins.prepare(message, run)

    assert re.match(r"a \(.*a\.py\): regulars_prepare: ", str(error.value))
    assert reason in str(error.value)


# ------------------------------------------------------------------ watch


def test_a_watcher_that_fails_is_logged_and_the_others_still_hear(
    load: Load, message: Outgoing, run: RunInfo, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    plugins = load(
        "regulars_sent(message): raise ValueError('the journal is full')",
        "regulars_sent(receipt): heard.write_text(receipt.id)",
    )

    plugins.sent(message, Receipt("r-1"), run)

    assert (tmp_path / "b.heard").read_text() == "r-1"
    assert caplog.messages == [
        (f"a ({tmp_path / 'a.py'}): regulars_sent: ValueError: the journal is full (a.py, line 9)")
    ]


CALLS: dict[str, Callable[[Plugins, Outgoing, RunInfo], object]] = {
    "may_send": lambda plugins, message, run: plugins.may_send(message, {}, run),
    "enrich": lambda plugins, _message, run: plugins.enrich({}, run),
    "run_started": lambda plugins, _message, run: plugins.run_started(run),
    "sent": lambda plugins, message, run: plugins.sent(message, Receipt(), run),
    "refused": lambda plugins, message, run: plugins.refused(message, "cap", run),
    "run_finished": lambda plugins, _message, run: plugins.run_finished(run, {}),
}


@pytest.mark.parametrize("hook", CALLS)
def test_a_plugin_that_fails_is_one_line_for_people_and_a_traceback_for_debugging(
    hook: str,
    load: Load,
    message: Outgoing,
    run: RunInfo,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for level in (logging.WARNING, logging.DEBUG):
        with caplog.at_level(level, "regulars.plugins"):
            CALLS[hook](load(f"regulars_{hook}(run): raise SystemExit(0)"), message, run)

    plain, debugged = caplog.records
    assert re.match(rf"a \(.*a\.py\): regulars_{hook}: \w+: .+ \(a\.py, line 9\)", plain.message)
    assert plain.exc_info is None
    assert debugged.message == plain.message
    assert debugged.exc_info is not None


def test_the_same_failure_is_a_warning_only_once(
    load: Load, run: RunInfo, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = load("regulars_run_started(run): 1 / 0")

    with caplog.at_level(logging.DEBUG, "regulars.plugins"):
        for _ in range(3):
            plugins.run_started(run)

    assert [record.levelname for record in caplog.records] == ["WARNING", "DEBUG", "DEBUG"]


def test_watchers_hear_everything_that_they_ask_for(
    load: Load, message: Outgoing, run: RunInfo, tmp_path: Path
) -> None:
    plugins = load(
        "regulars_run_started(run): note(run.id)\n"
        "@hookimpl\ndef regulars_sent(message, receipt, run): note(message.key, receipt.id)\n"
        "@hookimpl\ndef regulars_refused(message, reason, run): note(message.key, reason)\n"
        "@hookimpl\ndef regulars_run_finished(run, summary): note(summary['sent'])\n"
        "notes = []\n"
        "def note(*told): notes.append(told); heard.write_text(repr(notes))\n"
    )

    plugins.run_started(run)
    plugins.sent(message, Receipt("r-1"), run)
    plugins.refused(message, "cap", run)
    plugins.run_finished(run, {"sent": 1})

    heard = (tmp_path / "a.heard").read_text()
    assert heard == "[('run-1',), ('key-1', 'r-1'), ('key-1', 'cap'), (1,)]"
