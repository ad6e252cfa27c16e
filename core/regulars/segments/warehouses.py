"""Warehouses: plain SQL, written as each of them understands it.

sqlglot knows their types, functions and quotes. What is left to say here is where equal words mean
another thing; and what comes out is read once more as its warehouse would read it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from regulars.store.folding import LOWER, SPELT

from .lookups import Untold, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot import Dialect

__all__ = ["Untold", "written_for"]

# Where the function of that name counts bytes, or isn't written with commas.
_RENAMED: Mapping[str, Mapping[type[exp.Expr], str]] = {
    "clickhouse": {exp.Substring: "substringUTF8", exp.Translate: "translateUTF8"},
    "redshift": {exp.Substring: "SUBSTRING"},
}
_OURS = {"substringutf8", "translateutf8"}  # what the warehouse knows, though sqlglot doesn't


def written_for(warehouse: str, sql: str) -> str:
    """``sql``, plain and without a value left open, for ``warehouse``: a dialect of sqlglot.

    Raises:
        Untold: something in it has no equal there.
    """
    dialect = sqlglot.Dialect.get_or_raise(warehouse)
    try:
        tree = joined(sqlglot.parse_one(sql, read="postgres"))
        for change in (_folded, _double, partial(_ordered, dialect)):
            tree = tree.transform(change, copy=False)
        _rename(tree, _RENAMED.get(warehouse, {}))
        if warehouse == "clickhouse":
            _as_standard(tree)
        text = tree.sql(dialect, pretty=True, unsupported_level=ErrorLevel.RAISE)
        _look_again(sqlglot.parse_one(text, read=dialect))
    except SqlglotError as error:
        raise Untold(str(error)) from error
    return text


def _folded(node: exp.Expr) -> exp.Expr:
    """Case folding letter by letter: what lower() does differs between them."""
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "regulars_fold":
        return node
    alone = {letter: spelling for letter, spelling in SPELT if len(spelling) == 1}
    letters = LOWER | alone
    spelt: exp.Expr = exp.Translate(
        this=node.expressions[0],
        from_=exp.Literal.string("".join(letters)),
        to=exp.Literal.string("".join(letters.values())),
    )
    for letter, spelling in SPELT:
        if letter not in alone:
            spelt = exp.func("REPLACE", spelt, _text(letter), _text(spelling))
    return spelt


def _text(text: str) -> exp.Literal:
    return exp.Literal.string(text)


def _double(node: exp.Expr) -> exp.Expr:
    """A number with a point is a double everywhere once it has an exponent."""
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        return node if "e" in node.this.lower() else exp.Literal.number(f"{node.this}e0")
    return node


def _ordered(dialect: Dialect, node: exp.Expr) -> exp.Expr:
    """Nothing that is put in order here is ever unknown, so no word need be lost about it."""
    if isinstance(node, exp.Ordered):
        down, order = bool(node.args.get("desc")), dialect.NULL_ORDERING
        first = down if order == "nulls_are_large" else not down and order == "nulls_are_small"
        node.set("nulls_first", first)
    return node


def _rename(tree: exp.Expr, names: Mapping[type[exp.Expr], str]) -> None:
    for node in list(tree.find_all(*names)) if names else ():
        arguments = list(node.iter_expressions())
        node.replace(exp.Anonymous(this=names[type(node)], expressions=arguments))


def _as_standard(tree: exp.Expr) -> None:
    """ClickHouse's own ways, undone.

    Who isn't found by a LEFT JOIN would have 0 and no NULL, and a column of one of two tables that
    both have it would keep its table's name.
    """
    unknown = exp.EQ(this=exp.var("join_use_nulls"), expression=exp.Literal.number(1))
    tree.set("settings", [unknown])
    for query in tree.find_all(exp.Select):
        columns = [
            exp.alias_(each, each.this.copy()) if isinstance(each, exp.Column) else each
            for each in query.expressions
        ]
        query.set("expressions", columns)


def _look_again(tree: exp.Expr) -> None:
    """Refuse what the warehouse could not read."""
    for function in tree.find_all(exp.Anonymous):
        if function.name.lower() not in _OURS:
            raise Untold(f"the function {function.name.lower()}() is not known there")
