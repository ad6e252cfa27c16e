"""Look-ups as joins: a value that a subquery finds for each row, for databases that refuse those.

Half of the warehouses take no subquery that looks at a row of the query around it, or none with a
LIMIT. Each is found for everybody at once instead, and joined: the first of an order by its number
in that order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.expressions import Expr

_UNKNOWN_OF_NOTHING = (exp.Max, exp.Min, exp.Sum)  # a count of nothing would be 0, not unknown


class Untold(Exception):  # noqa: N818 (it is a reason, told in a PlaybookError)
    """There are no words for a part of a statement; says which."""


def joined(tree: Expr) -> Expr:
    """``tree``, changed: each value that is looked up by equal columns is joined instead.

    Raises:
        Untold: one of them can't be.
    """
    known: dict[tuple[int, str], str] = {}
    for subquery in list(tree.find_all(exp.Subquery)):
        inner, outer = subquery.this, subquery.parent_select
        if isinstance(subquery.parent, exp.From | exp.Join) or outer is None:
            continue
        inside = {source.alias_or_name for source in _sources(inner)}
        links = [link for link in (_link(test, inside) for test in _tests(inner)) if link]
        if not links:
            continue
        if outer.args.get("group"):
            raise Untold("a value is looked up where events are counted together")
        relation = _relation(inner, links)
        key = (id(outer), relation.sql())
        if key not in known:
            known[key] = f"found_{len(known) + 1}"
            _join(outer, relation, known[key], [outside for _, _, outside in links])
        subquery.replace(exp.column("value", table=known[key]))
    if any(scope.external_columns for scope in traverse_scope(tree)):
        raise Untold("a subquery looks at the query around it otherwise than by equal columns")
    return tree


Link = tuple[exp.EQ, exp.Column, exp.Column]  # the test, its column inside, its column outside


def _sources(query: Expr) -> Iterator[Expr]:
    yield query.args["from_"].this
    for join in query.args.get("joins") or ():
        yield join.this


def _tests(query: Expr) -> list[Expr]:
    where = query.args.get("where")
    if where is None:
        return []
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def _link(test: Expr, inside: set[str]) -> Link | None:
    """``test`` if it holds a column inside against one outside."""
    sides = (test.this, test.expression) if isinstance(test, exp.EQ) else ()
    if not all(isinstance(side, exp.Column) for side in sides):
        return None
    here = [side for side in sides if side.table in inside]
    there = [side for side in sides if side.table not in inside]
    return (test, here[0], there[0]) if len(here) == 1 else None  # type: ignore[return-value]


def _relation(inner: Expr, links: list[Link]) -> exp.Select:
    """What ``inner`` finds, for every value of its linked columns at once."""
    value = inner.expressions[0].unalias()
    keys = [here.copy() for _, here, _ in links]
    rest = [test.copy() for test in _tests(inner) if all(test is not link[0] for link in links)]
    everybody = exp.select(*_keyed(keys)).from_(inner.args["from_"].this.copy())
    for join in inner.args.get("joins") or ():
        everybody.append("joins", join.copy())
    everybody = everybody.where(*rest, copy=False)
    if inner.args.get("limit"):
        return _first(everybody, inner, keys, value)
    if not isinstance(value, _UNKNOWN_OF_NOTHING):
        if value.find(exp.AggFunc) or inner.args.get("group"):
            raise Untold("a subquery in it counts, for the customer of the query around it")
        value = exp.Max(this=value.copy())  # of one row at most
    return everybody.select(exp.alias_(value.copy(), "value")).group_by(*keys)


def _first(everybody: exp.Select, inner: Expr, keys: list[exp.Column], value: Expr) -> exp.Select:
    """The value of the row that comes first, of each."""
    if inner.args["limit"].expression.name != "1" or not inner.args.get("order"):
        raise Untold("a subquery in it has a LIMIT that is not 1, or no ORDER BY")
    groups = inner.args.get("group")
    if groups:
        everybody = everybody.group_by(*keys, *(each.copy() for each in groups.expressions))
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[key.copy() for key in keys],
        order=inner.args["order"].copy(),
    )
    numbered = everybody.select(exp.alias_(value.copy(), "value"), exp.alias_(place, "place"))
    names = [*(f"key_{number}" for number, _ in enumerate(keys, 1)), "value"]
    columns = [exp.column(name, table="numbered") for name in names]
    first = exp.column("place", table="numbered").eq(1)
    return exp.select(*columns).from_(numbered.subquery("numbered")).where(first)


def _keyed(keys: list[exp.Column]) -> list[Expr]:
    return [exp.alias_(key.copy(), f"key_{number}") for number, key in enumerate(keys, 1)]


def _join(outer: exp.Select, relation: exp.Select, name: str, outside: list[exp.Column]) -> None:
    equal = [
        exp.column(f"key_{number}", table=name).eq(column.copy())
        for number, column in enumerate(outside, 1)
    ]
    outer.join(relation.subquery(name), on=exp.and_(*equal), join_type="left", copy=False)
