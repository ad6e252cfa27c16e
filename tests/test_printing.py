"""What regulars and commands of plugins print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.hooks import Table, print_json, print_tables

if TYPE_CHECKING:
    import pytest

ARMS = Table(
    "Arms",
    ("arm", "rate", "lift", "is"),
    (("control 1", "9.5 %", "-", "open"), ("offer 22", "10.25 %", "+3 % to +8 %", "ahead")),
    ("First look.", "Some\x1b[31m lines, [bold] :smile: as they are."),
)


def test_text_that_tells_numbers_stands_to_the_right_and_names_to_the_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_tables([ARMS])

    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "Arms",
        "arm           rate          lift  is",
        "───────────────────────────────────────",
        "control 1    9.5 %             -  open",
        "offer 22   10.25 %  +3 % to +8 %  ahead",
        "",
        "First look.",
        "Some�[31m lines, [bold] :smile: as they are.",
        "",
    ]


def test_a_table_without_rows_still_has_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables([Table("Nothing", ("arm", "rate"), ())])

    assert capsys.readouterr().out.splitlines()[:2] == ["Nothing", "arm  rate"]


def test_json_is_one_document_with_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"arm": "crème", "rate": 0.5})

    assert capsys.readouterr().out == '{\n  "arm": "crème",\n  "rate": 0.5\n}\n'
