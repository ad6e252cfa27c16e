"""Words of the language that are not built yet."""

from __future__ import annotations

from collections.abc import Callable

Problems = Callable[..., list[str]]


def test_a_section_that_is_not_built_says_so(shop: Problems) -> None:
    assert shop("models: {a: {b: c}}") == [
        "playbook.yaml:2:1: 'models' is not built yet in this version"
    ]


def test_the_rest_of_the_file_is_checked_as_if_it_were_not_there(shop: Problems) -> None:
    assert shop("models: {a: {b: c}}\nsegments: {a: {segment: regular}}") == [
        "playbook.yaml:2:1: 'models' is not built yet in this version",
        "playbook.yaml:3:25: segments.a: unknown segment 'regular' (did you mean 'regulars'?)",
    ]
