"""Whatever a file holds: one problem, at its place, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from regulars.errors import PlaybookError, Problem
from regulars.playbook import reading
from regulars.playbook.positions import plain
from regulars.playbook.reading import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

BOMB = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (c + 1, c + 1, b",".join([b"*%c" % c] * 10)) for c in range(97, 107)
)
DEEP_BY_ALIAS = b"a0: &a0 [x]\n" + b"".join(
    b"a%d: &a%d [*a%d]\n" % (i, i, i - 1) for i in range(1, 60)
)

HOSTILE = {
    "bomb": (BOMB, "p:6:8: more than 200,000 values, aliases written out"),
    "deep list": (b"[" * 5_000, "p:1:51: nested deeper than 50 levels"),
    "deep mapping": (b"{a: " * 5_000, "p:1:201: nested deeper than 50 levels"),
    "deep blocks": (b"- " * 5_000, "p:1:101: nested deeper than 50 levels"),
    "deep as a whole file": (b"[" * 999_999, "p:1:51: nested deeper than 50 levels"),
    "deep by aliases": (DEEP_BY_ALIAS, "p:49:12: nested deeper than 50 levels"),
    "recursive alias": (b"a: &a [*a]", "p:1:8: the alias *a stands inside itself"),
    "missing anchor": (b"a: *b", "p:1:4: no anchor is named 'b'"),
    "python tag": (
        b"a: !!python/object/apply:os.system [ls]",
        "p:1:4: tags such as tag:yaml.org,2002:python/object/apply:os are not allowed; remove it",
    ),
    "harmless tag": (b"a: !!str 1", "p:1:4: tags such as tag:yaml.org,2002:str"),
    "tagged key": (b"!!str a: 1", "p:1:1: tags such as"),
    "2 MB": (b"a" * 2_000_000, "p:1:1: larger than 1 MB"),
    "many values": (b"- a\n" * 240_000, "p:50000:3: more than 50,000 values"),
    "many words": (
        b"".join(b"k%d: 1\n" % i for i in range(90_000)),
        "p:25000:9: more than 50,000 values",
    ),
    "merge key": (b"a: {<<: {b: 1}}", "p:1:5: merge keys (<<) are not allowed"),
    "second document": (b"a: 1\n---\nb: 2", "p:2:1: a second document"),
    "bad UTF-8": (b"a: 1\nb: \xc3\xa4\xff", "p:2:5: not UTF-8"),
    "NUL": (b"a: x\x00", "p:1:5: control character U+0000; remove it"),
    "escape": (b"a: x\x1b[31m", "p:1:5: control character U+001B; remove it"),
    "escaped NUL": (b'a: "\\0"', "p:1:4: control character U+0000; remove it"),
    "escaped control in a key": (b'"\\x07": 1', "p:1:1: control character U+0007; remove it"),
    "empty": (b"", "p:1:1: the file is empty"),
    "comment alone": (b"# nothing\n", "p:1:1: the file is empty"),
    "tab": (b"a:\n\tb: c", "p:2:1: not valid YAML: a tab can't indent; use spaces"),
    "colon": (b"a: b: c", "p:1:5: not valid YAML: a colon can't stand here"),
    "percent": (b"a: %x", "p:1:4: not valid YAML: text that starts with % needs quotes"),
    "open quote": (b'a: "x\n', "p:2:1: not valid YAML"),
    "list as key": (b"[a]: 1", "p:1:1: the word before a colon must be plain text"),
    "many question marks": (b"? " * 300_000, "p:1:3: the word before a colon must be plain text"),
    "infinity": (b"a: .inf", "p:1:4: .inf is no number"),
    "not a number": (b"a: .nan", "p:1:4: .nan is no number"),
    "too large": (b"a: 1e999", "p:1:4: 1e999 is too large a number"),
    "far too large": (b"a: " + b"9" * 900_000, "p:1:4: 999999999999999999999999"),
}


@pytest.mark.parametrize(("content", "told"), HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.timeout(60)
def test_a_hostile_file_is_refused_with_one_place(content: bytes, told: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        read_yaml(content, "p")
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(told)


def test_words_mean_what_they_say() -> None:
    text = "[NO, on, yes, 12:30, 010, 2026-12-01, +15550100, 1_000, 0x1F, 1.2.3]"
    assert plain(read_yaml(text.encode(), "p")[0]) == text.strip("[]").split(", ")


def test_numbers_truth_and_nothing_are_themselves() -> None:
    text = b"[0, -3, 42, .5, 1., 1e3, -1.5E-2, true, False, ~, null, '', \"5\", 'true', ]"
    expected = [0, -3, 42, 0.5, 1.0, 1000.0, -0.015, True, False, None, None, "", "5", "true"]
    assert plain(read_yaml(text, "p")[0]) == expected


def test_a_block_is_text_also_when_it_looks_like_a_number() -> None:
    assert plain(read_yaml(b"a: |\n  5\nb: >-\n  true\n", "p")[0]) == {"a": "5\n", "b": "true"}


def test_an_alias_stands_for_what_its_anchor_holds() -> None:
    assert plain(read_yaml(b"a: &x {b: 1}\nc: [*x, *x]\n", "p")[0]) == {
        "a": {"b": 1},
        "c": [{"b": 1}, {"b": 1}],
    }


def test_a_mark_at_the_start_of_the_file_is_no_part_of_it() -> None:
    assert plain(read_yaml(b"\xef\xbb\xbfa: 1", "p")[0]) == {"a": 1}


def test_fifty_levels_are_allowed() -> None:
    value = plain(read_yaml(b"[" * 50 + b"]" * 50, "p")[0])
    for _ in range(49):
        (value,) = value
    assert value == []


@pytest.fixture
def slow_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_Loader", yaml.SafeLoader)


@pytest.mark.usefixtures("slow_parser")
@pytest.mark.parametrize("name", ["bomb", "deep list", "recursive alias", "tab"])
def test_the_parser_without_c_refuses_the_same(name: str) -> None:
    content, told = HOSTILE[name]
    with pytest.raises(PlaybookError) as caught:
        read_yaml(content, "p")
    assert str(caught.value).startswith(told)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")),
    )
)
@example(b"a: \x85")
@example(b"'\\")
@example("a: \u2028b".encode())
@example(b"%YAML 9.9\n---\na")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    _read_or_refused(lambda: read_yaml(content, "p"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*"[]{}:,-?&*!|>'\"%@`#\n \tab", "<<", "&a ", "*a ", "- ", ": "])))
def test_any_mixture_of_signs_is_read_or_refused(signs: list[str]) -> None:
    _read_or_refused(lambda: read_yaml("".join(signs).encode(), "p"))


def _read_or_refused(read: Callable[[], object]) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        read()
    except PlaybookError as error:
        problems = error.problems
    assert len(problems) <= 1
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


def test_every_key_that_stands_twice_is_told_and_keeps_its_first_value() -> None:
    node, repeated = read_yaml(b"a: 1\nb: {c: 2, c: 3}\na: 4\n", "p")
    assert plain(node) == {"a": 1, "b": {"c": 2}}
    assert [str(problem) for problem in repeated] == [
        "p:2:11: b.c: duplicate key; it stands in line 2 already",
        "p:3:1: a: duplicate key; it stands in line 1 already",
    ]
