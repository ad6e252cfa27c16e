"""A playbook that builds on another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from regulars.errors import PlaybookError
from regulars.playbook.loading import Loaded, load_playbook

Load = Callable[..., Loaded]
Problems = Callable[..., list[str]]


def test_mappings_merge_deeply_the_nearer_wins_and_lists_replace(load: Load) -> None:
    loaded = load(
        "extends: shop.yaml\nplaybook: mine\n"
        "customer: {attributes: {town: text}, identities: [phone]}\n"
        "segments: {regulars: {at_least: 2}}\n"
    )
    playbook = loaded.playbook
    assert playbook.id == "mine"
    assert {"town", "city"} <= set(playbook.customer.attributes)
    assert playbook.customer.identities == ["phone"]
    regulars = playbook.segments["regulars"]
    assert (regulars.performed, regulars.at_least) == ("order", 2)  # type: ignore[union-attr]


def test_a_problem_is_told_where_its_value_is_written(folder: Path, problems: Problems) -> None:
    (folder / "base.yaml").write_text("playbook: x\nsegments:\n  a: {trait: x, known: true}\n")
    assert problems("extends: base.yaml\nsegments:\n  b: {segment: other}\n") == [
        "base.yaml:3:14: segments.a: unknown trait 'x'",
        "playbook.yaml:3:16: segments.b: unknown segment 'other'",
    ]


def test_a_file_two_folders_up_is_named_as_it_is_found(folder: Path) -> None:
    client = folder / "clients" / "bakery"
    client.mkdir(parents=True)
    (folder / "base.yaml").write_text("timezone: Mars/Base\n")
    (client / "playbook.yaml").write_text("playbook: bakery\nextends: ../../base.yaml\n")
    with pytest.raises(PlaybookError) as caught:
        load_playbook(Path("clients/bakery/playbook.yaml"), {})
    assert str(caught.value).startswith("base.yaml:1:11: timezone: unknown timezone 'Mars/Base'")


def test_circles_are_refused(folder: Path, problems: Problems) -> None:
    (folder / "base.yaml").write_text("extends: playbook.yaml\n")
    assert problems("playbook: x\nextends: base.yaml\n") == [
        "base.yaml:1:10: circle: playbook.yaml → base.yaml → playbook.yaml"
    ]
    assert problems("extends: playbook.yaml\n") == [
        "playbook.yaml:1:10: circle: playbook.yaml → playbook.yaml"
    ]


def test_a_long_row_of_files_is_refused(folder: Path, problems: Problems) -> None:
    for number in range(12):
        (folder / f"f{number}.yaml").write_text(f"extends: f{number + 1}.yaml\n")
    assert problems("extends: f0.yaml") == [
        "f8.yaml:1:10: more than 10 files that extend one another"
    ]


def test_a_missing_file_is_told_where_it_is_named(problems: Problems) -> None:
    assert problems("playbook: x\nextends: nowhere.yaml\n") == [
        "playbook.yaml:2:10: there is no file nowhere.yaml"
    ]


@pytest.mark.parametrize("written", ["[a.yaml]", "3", "{env: BASE}", ""])
def test_extends_is_one_path(problems: Problems, written: str) -> None:
    (told,) = problems(f"playbook: x\nextends: {written}\n", {"BASE": "shop.yaml"})
    assert told.endswith("extends: should be the path of one file")


def test_a_template_is_looked_for_beside_the_file_that_names_it(folder: Path) -> None:
    agency, client = folder / "agency", folder / "clients" / "bakery"
    agency.mkdir()
    client.mkdir(parents=True)
    (agency / "hello.md.j2").write_text("Hello")
    (agency / "filters.py").write_text(
        "from regulars.hooks import hookimpl\n\n\n@hookimpl\n"
        "def regulars_jinja(environment):\n    environment.globals['shout'] = str.upper\n"
    )
    (agency / "base.yaml").write_text(
        "plugins: [./filters.py]\n"
        "channels: {email: {use: console}}\n"
        "messages: {hello: {email: {subject: Hello, template: hello.md.j2}}}\n"
    )
    (client / "playbook.yaml").write_text("playbook: bakery\nextends: ../../agency/base.yaml\n")
    loaded = load_playbook(client / "playbook.yaml", {})
    template = loaded.playbook.messages["hello"].parts["email"].template
    assert template == str(Path("../../agency/hello.md.j2"))
    assert "filters" in {info.name for info in loaded.plugins.infos}


def test_a_missing_file_is_one_clear_line() -> None:
    with pytest.raises(PlaybookError, match=r"^nowhere\.yaml: there is no such file$"):
        load_playbook(Path("nowhere.yaml"), {})


def test_a_folder_is_one_clear_line(folder: Path) -> None:
    (folder / "client").mkdir()
    with pytest.raises(PlaybookError, match=r"^client: this is a folder$"):
        load_playbook(Path("client"), {})
    (folder / "client" / "playbook.yaml").write_text("playbook: x")
    with pytest.raises(PlaybookError, match=r"did you mean client/playbook\.yaml\?$"):
        load_playbook(Path("client"), {})


@pytest.mark.parametrize("text", ["- a\n", "playbook", "3"])
def test_a_file_that_is_no_mapping_is_one_clear_line(problems: Problems, text: str) -> None:
    assert problems(text) == [
        "playbook.yaml:1:1: a playbook is a mapping; start with playbook: NAME"
    ]
