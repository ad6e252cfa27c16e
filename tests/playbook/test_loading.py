"""A playbook's path → a playbook, or everything wrong with it at once."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from regulars.errors import PlaybookError
from regulars.playbook.loading import Loaded, load_playbook

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["corner-bakery", "cdnow"])
def test_the_examples_are_right(name: str) -> None:
    loaded = load_playbook(EXAMPLES / name / "playbook.yaml", {})
    assert loaded.playbook.id == name
    assert set(loaded.playbook.settings) == {
        *(("sources", source) for source in loaded.playbook.sources),
        *(("channels", channel) for channel in loaded.playbook.channels),
    }


def test_everything_wrong_is_told_at_once(problems: Problems) -> None:
    text = textwrap.dedent("""\
        playbook: Shop
        timezone: America/Chicgo
        curency: USD
        sources:
          orders: {use: cvs, path: orders.csv, provides: events, event: order}
        traits:
          orders_90d: {count: order, within: 90}
          spend: {sum: order}
        segments:
          lapsed:
            all:
              - {trait: oders_90d, at_most: 0}
              - {performed: order, atleast: 4}
              - {performed: oder, at_least: "4"}
          Big: {trait: spend, at_least: 1}
        channels:
          email: {use: outbox, from: shop@example.com, to: mail}
        messages:
          hello: {email: {subject: Hello, template: hello.md.j2}}
        journeys:
          welcome:
            when: {enters: lapse}
            existing: "yes"
            steps:
              - sned: hello
              - {send: hello, via: [sms]}
        """)
    assert problems(text) == [
        f"playbook.yaml:{line}"
        for line in (
            "1:11: playbook: should be lower-case letters, digits, _ and -, starting with a letter,"
            " not 'Shop'",
            "2:11: timezone: unknown timezone 'America/Chicgo' (did you mean 'America/Chicago'?);"
            " write it as America/Chicago",
            "3:1: unknown field 'curency' (did you mean 'currency'?)",
            "5:17: sources.orders: there is no connector 'cvs' (did you mean 'csv'?);"
            " there are csv, jsonl, parquet, sql",
            "7:38: traits.orders_90d.within: 90 is not a duration;"
            " write 90d, 2h, 15m, 30s, 6w, 3mo or 1y",
            "8:16: traits.spend: sum needs a property of the event: write sum: order.total",
            "12:17: segments.lapsed.all[0]: unknown trait 'oders_90d' (did you mean 'orders_90d'?)",
            "13:28: segments.lapsed.all[1]: unknown field 'atleast' (did you mean 'at_least'?)",
            "14:21: segments.lapsed.all[2]: unknown event 'oder' (did you mean 'order'?)",
            "14:37: segments.lapsed.all[2].at_least: should be a number, not '4';"
            " take the quotes away",
            "15:3: segments: a name is lower-case letters, digits, _ and -, starting with a"
            " letter; 'Big' is none",
            "17:52: channels.email: unknown attribute 'mail' (did you mean 'email'?)",
            "19:45: messages.hello.email: there is no file hello.md.j2 beside the playbook;"
            " create it",
            "22:20: journeys.welcome.when: unknown segment 'lapse' (did you mean 'lapsed'?)",
            "23:15: journeys.welcome.existing: should be true or false, not 'yes'",
            "25:9: journeys.welcome.steps[0]: unknown step 'sned' (did you mean 'send'?)",
            "26:29: journeys.welcome.steps[1]: unknown channel 'sms'",
        )
    ]


def test_later_checks_find_the_place_of_every_word(load: Load) -> None:
    loaded = load(
        "extends: shop.yaml\nmessages:\n  hello:\n    email:\n      subject: Good morning\n"
    )
    assert loaded.place(()) == ("playbook.yaml", 1, 1)
    assert loaded.place(("messages", "hello", "email", "subject")) == ("playbook.yaml", 5, 16)
    assert loaded.place(("messages", "hello", "email", "body")) == ("shop.yaml", 35, 35)
    assert loaded.place(("journeys", "welcome", "steps", 0, "send")) == ("shop.yaml", 40, 15)
    assert loaded.place(("messages", "hello", "nowhere")) == ("playbook.yaml", 4, 5)


def test_what_is_not_said_has_its_default(load: Load, folder: Path) -> None:
    playbook = load("playbook: shop\nsegments:\n").playbook
    assert playbook.timezone == ZoneInfo("UTC")
    assert (playbook.locale, playbook.currency) == ("en_US", "USD")
    assert playbook.store == f"sqlite:///{folder}/.regulars/shop.db"
    assert playbook.segments == {}
    assert playbook.path == folder / "playbook.yaml"


def test_the_settings_of_plugins_are_there_checked(load: Load) -> None:
    loaded = load("extends: shop.yaml\n")
    assert loaded.playbook.settings["sources", "orders"].path == "orders.csv"  # type: ignore[attr-defined]


def test_fifty_levels_of_conditions_are_read(load: Load) -> None:
    nested = "{all: [" * 23 + "{trait: orders, known: true}" + "]}" * 23
    assert load(f"extends: shop.yaml\nsegments: {{deep: {nested}}}\n").playbook.segments["deep"]


def test_a_thousand_problems_are_all_told(problems: Problems) -> None:
    lines = "".join(f"  s{n}: {{segment: r{n}, atleast: 3}}\n" for n in range(500))
    assert len(problems("extends: shop.yaml\nsegments:\n" + lines)) == 1_000


def _told_or_loaded(folder: Path, content: bytes) -> None:
    path = folder / "playbook.yaml"
    path.write_bytes(content)
    try:
        load_playbook(path, {"SECRET": "geheimnis"})
    except PlaybookError as error:
        assert error.problems
        assert "geheimnis" not in str(error)
    else:
        assert content


WORDS = [
    *("playbook", "shop", "segments", "journeys", "messages", "sources", "traits", "channels"),
    *("a", "all", "performed", "order", "where", "is", "use", "csv", "outbox", "steps", "send"),
    *("when", "enters", "if", "then", "set", "map", "customer", "attributes", "text", "within"),
    *("90d", "5%", "1", "1.5", "true", "null", "{env: SECRET}", "[]", "{}", "''", "extends"),
]
trees = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from([w for w in WORDS if w.isidentifier()]), inner).map(
            lambda words: "{" + ", ".join(f"{w}: {v}" for w, v in words.items()) + "}"
        ),
    ),
    max_leaves=12,
)
sections = st.dictionaries(
    st.sampled_from(
        ["playbook", "segments", "journeys", "messages", "sources", "traits", "channels"]
        + ["customer", "topics", "plugins", "store", "timezone", "extends", "policy"]
    ),
    trees,
)
quick = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(st.text(max_size=300))
@example("playbook: {}")
@example("extends: .")
@example("extends: playbook.yaml")
@example("plugins: [/]")
@example("store: 'sqlite:///a?b=%'")
@example("store: ''")
@example("timezone: ../../etc/passwd")
@example("timezone: America")
@example("messages: {a: {b: {template: " + "x" * 5000 + "}}}")
def test_any_text_is_loaded_or_told(tmp_path: Path, text: str) -> None:
    _told_or_loaded(tmp_path, text.encode("utf-8", "replace"))


@quick
@given(sections)
def test_any_mixture_of_words_is_loaded_or_told(tmp_path: Path, words: dict[str, str]) -> None:
    text = "".join(f"{word}: {value}\n" for word, value in words.items())
    _told_or_loaded(tmp_path, text.encode())


@quick
@given(st.data())
def test_a_good_playbook_with_a_bite_taken_out_is_loaded_or_told(
    tmp_path: Path, data: st.DataObject
) -> None:
    good = (EXAMPLES / "corner-bakery" / "playbook.yaml").read_bytes()
    start = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 60))
    _told_or_loaded(tmp_path, good[:start] + good[start + length :])
