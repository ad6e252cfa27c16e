"""Functions on text that mean the same on every database. NULL in gives NULL out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Integer

from regulars.store.folding import LOWER, SPELT, fold_text

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.compiler import SQLCompiler

__all__ = ["contains", "ends_with", "fold", "fold_text", "starts_with"]


class _position(FunctionElement[int]):  # noqa: N801 (SQLAlchemy names functions so)
    """Where the second text begins in the first, from 1; 0 when nowhere."""

    type = Integer()
    name = "position"
    inherit_cache = True


class _fold(FunctionElement[str]):  # noqa: N801
    type = String()
    name = "fold"
    inherit_cache = True


def contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether ``text`` stands somewhere in ``column``, exactly."""
    return _position(column, literal(text, String)) > 0


def starts_with(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether ``column`` begins with ``text``, exactly."""
    return func.substr(column, 1, len(text)) == literal(text, String)


def ends_with(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether ``column`` ends with ``text``, exactly."""
    if not text:
        return starts_with(column, text)
    start = func.char_length(column) - (len(text) - 1)
    return (start > 0) & (func.substr(column, start) == literal(text, String))


def fold(column: ColumnElement[Any]) -> ColumnElement[str]:
    """``column`` folded as ``fold_text`` folds the text it is compared with."""
    return _fold(column)


@compiles(_position)
def _strpos(element: _position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


@compiles(_position, "sqlite")
@compiles(_position, "mysql")
@compiles(_position, "mariadb")
def _instr(element: _position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(_fold)  # where it is printed for elsewhere, see segments/warehouses.py
@compiles(_fold, "sqlite")
def _fold_sqlite(element: _fold, compiler: SQLCompiler, **kw: Any) -> str:
    return f"regulars_fold({compiler.process(element.clauses, **kw)})"


@compiles(_fold, "mysql")
@compiles(_fold, "mariadb")
def _fold_mariadb(element: _fold, compiler: SQLCompiler, **kw: Any) -> str:
    return _spelt(f"lower({compiler.process(element.clauses, **kw)})")


@compiles(_fold, "postgresql")
def _fold_postgres(element: _fold, compiler: SQLCompiler, **kw: Any) -> str:
    """Its own lower() depends on the locale; translate() is slow, so ASCII goes by lower()."""
    text = f"({compiler.process(element.clauses, **kw)})"
    letters = f"translate({text}, '{''.join(LOWER)}', '{''.join(LOWER.values())}')"
    plain = f'lower({text} COLLATE "C")'
    return (
        f"CASE WHEN octet_length({text}) = char_length({text}) THEN {plain}"
        f' ELSE {_spelt(letters)} COLLATE "C" END'
    )


def _spelt(sql: str) -> str:
    for letter, spelling in SPELT:
        sql = f"replace({sql}, '{letter}', '{spelling}')"
    return sql
