"""Text functions mean the same on every database as they do in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.store import insert_rows, temporary
from regulars.store.functions import contains, ends_with, fold, fold_text, starts_with
from regulars.store.tables import Id, Value
from sqlalchemy import Column, select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regulars.store import Store
    from sqlalchemy import ColumnElement

    Conditions = Callable[[ColumnElement[str]], list[ColumnElement[bool]]]

TEXTS = ["", "a", "A", "a ", " a", "50% off", "a_b", "axb", "Straße", "STRASSE", "Ωμέγας",
         "ΩΜΈΓΑΣ", "☕ coffee", "\N{FAMILY}", "I", "İ", "\u0131", "é", "e\u0301", "back\\slash",
         "quo'te", "Ð"]  # fmt: skip
PARTS = ["", "a", "A", " ", "%", "_", "ß", "☕", "\\", "'", "a ", "off", "e", "é", "a_b", "x" * 90]


def found(store: Store, texts: Sequence[str], where: Conditions) -> list[list[str]]:
    """The texts that each condition holds for, in order."""
    id_, text = Column("id", Id, primary_key=True, autoincrement=False), Column("text", Value)
    with store.transaction() as connection, temporary(connection, "texts", id_, text) as table:
        insert_rows(connection, table, ["id", "text"], enumerate(texts))
        query = select(table.c.text).order_by(table.c.id)
        return [list(connection.scalars(query.where(w))) for w in where(table.c.text)]


def test_contains_starts_and_ends_are_exact(store: Store) -> None:
    def conditions(text: ColumnElement[str]) -> list[ColumnElement[bool]]:
        return [f(text, part) for part in PARTS for f in (contains, starts_with, ends_with)]

    expected = [
        [text for text in TEXTS if holds(text, part)]
        for part in PARTS
        for holds in (str.__contains__, str.startswith, str.endswith)
    ]
    assert found(store, TEXTS, conditions) == expected


def test_text_is_equal_only_when_every_character_is(store: Store) -> None:
    def conditions(text: ColumnElement[str]) -> list[ColumnElement[bool]]:
        return [text == value for value in TEXTS]

    assert found(store, TEXTS, conditions) == [[text] for text in TEXTS]


def test_text_is_ordered_by_code_point(store: Store) -> None:
    assert found(store, TEXTS, lambda text: [text < "a"]) == [[t for t in TEXTS if t < "a"]]


def test_folded_text_compares_alike_in_python(store: Store) -> None:
    def conditions(text: ColumnElement[str]) -> list[ColumnElement[bool]]:
        return [fold(text) == fold_text(value) for value in TEXTS]

    expected = [[t for t in TEXTS if fold_text(t) == fold_text(value)] for value in TEXTS]
    assert found(store, TEXTS, conditions) == expected


def test_every_character_is_folded_as_python_folds_it(store: Store) -> None:
    codes = [*range(1, 0x3000), *range(0xA640, 0xAC00), *range(0xFF00, 0x10500)]
    texts = ["".join(map(chr, codes[i : i + 500])) for i in range(0, len(codes), 500)]
    id_, text = Column("id", Id, primary_key=True, autoincrement=False), Column("text", Value)
    with store.transaction() as connection, temporary(connection, "texts", id_, text) as table:
        insert_rows(connection, table, ["id", "text"], enumerate(texts))
        query = select(fold(table.c.text)).order_by(table.c.id)
        assert list(connection.scalars(query)) == [fold_text(text) for text in texts]


def test_folding_knows_sharp_s_and_final_sigma() -> None:
    assert fold_text("STRASSE") == fold_text("Straße") == "strasse"
    assert fold_text("ΩΜΈΓΑΣ") == fold_text("Ωμέγας")
