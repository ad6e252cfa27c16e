"""A playbook's path → a playbook, or everything wrong with it at once."""

from __future__ import annotations

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
    folder = Path(__file__).with_name("everything_wrong")
    told = (folder / "told.txt").read_text(encoding="utf-8").splitlines()
    assert problems((folder / "playbook.yaml").read_bytes()) == told


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
    told = "a playbook"
    try:
        load_playbook(path, {"SECRET": "geheimnis"})
    except PlaybookError as error:
        told = str(error)
    assert told
    assert "geheimnis" not in told


WORDS = [
    *("playbook", "shop", "segments", "journeys", "messages", "sources", "traits", "channels"),
    *("a", "all", "performed", "order", "where", "is", "use", "csv", "outbox", "steps", "send"),
    *("when", "enters", "if", "then", "set", "map", "customer", "attributes", "text", "within"),
    *("arms", "factors", "goals", "id", "by", "weights", "decide", "allocation", "layer", "unit"),
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
TOP = ["playbook", "extends", "timezone", "store", "plugins", "customer", "topics", "policy"]
TOP += ["segments", "journeys", "messages", "sources", "traits", "channels", "experiments"]
sections = st.dictionaries(st.sampled_from(TOP), trees)
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
