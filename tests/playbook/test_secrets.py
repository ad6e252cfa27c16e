"""Values from the environment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulars.playbook.loading import Loaded
from regulars.playbook.secrets import redact

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]

SHOP = "extends: shop.yaml\n"


def test_a_value_comes_from_the_environment(load: Load) -> None:
    loaded = load(SHOP + "channels: {email: {from: {env: SENDER}}}", {"SENDER": "me@example.com"})
    assert loaded.playbook.channels["email"].settings["from"] == "me@example.com"
    assert loaded.playbook.secrets == {"me@example.com"}


def test_a_missing_variable_is_one_problem_at_its_place(problems: Problems) -> None:
    text = SHOP + "timezone: {env: ZONE}\nchannels: {email: {from: {env: SENDER}}}"
    assert problems(text, {"ZONE": ""}) == [
        (
            "playbook.yaml:2:11: timezone: the environment variable ZONE is empty; "
            "export it before regulars starts"
        ),
        (
            "playbook.yaml:3:26: channels.email.from: the environment variable SENDER is not set; "
            "export it before regulars starts"
        ),
    ]


def test_no_problem_shows_a_value_from_the_environment(problems: Problems) -> None:
    text = SHOP + (
        "timezone: {env: A}\nstore: {env: A}\nlocale: {env: A}\n"
        "segments: {a: {attribute: {env: A}, is: 3}, b: {performed: {env: A}, within: {env: A}}}\n"
        "journeys: {welcome: {again: {env: A}, when: {enters: {env: A}}}}\n"
        "channels: {email: {use: {env: A}}}\n"
    )
    told = problems(text, {"A": "s3cret-Word"})
    assert len(told) >= 6
    assert "s3cret-Word" not in "\n".join(told)
    assert "'***'" in "\n".join(told)


def test_a_loaded_playbook_does_not_show_them(load: Load) -> None:
    text = SHOP + "store: {env: STORE}\nchannels: {email: {from: {env: SENDER}}}"
    environ = {"STORE": "postgresql://shop:geheim@db/shop", "SENDER": "quiet@example.com"}
    loaded = load(text, environ)
    assert loaded.playbook.store == environ["STORE"]
    shown = repr(loaded) + repr(loaded.playbook)
    assert "geheim" not in shown
    assert "quiet@example.com" not in shown


def test_a_password_in_a_written_store_is_a_secret_too(load: Load) -> None:
    loaded = load(SHOP + "store: postgresql://shop:geheim@db/shop")
    assert "geheim" in loaded.playbook.secrets
    assert "geheim" not in repr(loaded)


def test_a_field_called_env_is_no_variable(load: Load) -> None:
    loaded = load(SHOP + "customer: {attributes: {env: text}}")
    assert loaded.playbook.customer.attributes["env"].type == "text"
    text = SHOP + "sources: {orders: {map: {env: ENV}}}"
    assert load(text).playbook.sources["orders"].columns["env"] == "ENV"


def test_a_list_may_hold_values_from_the_environment(load: Load) -> None:
    text = SHOP + "segments: {a: {attribute: city, in: [{env: HOME_TOWN}, Salem]}}"
    segment = load(text, {"HOME_TOWN": "Portland"}).playbook.segments["a"]
    assert segment.in_ == ["Portland", "Salem"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("token=abc123 sent", "abc123"),
        ("postgresql://u:p%40ss%2Fword@h", "p@ss/word"),
        ("ValueError: 'a\\nb\\\\c' is wrong", "a\nb\\c"),
        ('{"a": "quo\\"te"}', 'quo"te'),
        ("line one of it", "line one\nline two"),
    ],
)
def test_a_secret_is_hidden_in_every_form(text: str, secret: str) -> None:
    hidden = redact(text, {secret})
    assert "***" in hidden
    assert secret not in hidden


def test_a_short_secret_is_hidden_where_it_stands_alone() -> None:
    assert redact("port 25 of 2500", {"25"}) == "port *** of 2500"


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    assert redact("passwordpassword", {"password", "passwordpassword"}) == "***"


@given(st.text(max_size=40), st.text(max_size=40), st.text(min_size=4, max_size=20))
def test_no_long_secret_is_left(before: str, after: str, secret: str) -> None:
    if secret.strip("*"):
        hidden = redact(before + secret + after, {secret})
        assert secret not in hidden or set(secret) <= {"*"} | set(before + after)
