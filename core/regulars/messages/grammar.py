"""What a template may say: the parts of Jinja that regulars takes, and what it makes of them.

Whatever can repeat or grow without a call (loops, lists, ``~``) is led through a filter of ours
that takes its share of the work; their names begin with a blank, so that no template can write
them.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

COUNTED, BUILT, JOINED = " counted", " built", " joined"

_ADDRESS = re.compile(
    r"""[\s"'](?:href|src|action|background|poster)\s*=\s*["']?\s*$""", re.IGNORECASE
)
_TAIL = 80  # characters before an expression that may show that a link begins there


class Grammar(NodeTransformer):
    """Refuses what a template may not say and leads the rest past the work's limits.

    In ``html``, an expression that begins the value of ``href`` or ``src`` goes through the
    ``url`` filter by itself.
    """

    def __init__(self, file: str | None, *, html: bool) -> None:
        self._file = file
        self._html = html
        self._tail = ""

    def _refuse(self, node: nodes.Node, reason: str) -> NoReturn:
        raise TemplateSyntaxError(reason, node.lineno, self._file, self._file)

    def visit_Include(self, node: nodes.Include) -> NoReturn:  # noqa: N802 (Jinja's names)
        """Templates read no other files."""
        self._refuse(node, "a template can't read other files; take out the include")

    def visit_Import(self, node: nodes.Import) -> NoReturn:  # noqa: N802
        """Templates read no other files."""
        self._refuse(node, "a template can't read other files; take out the import")

    def visit_FromImport(self, node: nodes.FromImport) -> NoReturn:  # noqa: N802
        """Templates read no other files."""
        self._refuse(node, "a template can't read other files; take out the import")

    def visit_Extends(self, node: nodes.Extends) -> NoReturn:  # noqa: N802
        """Templates read no other files."""
        self._refuse(node, "a template can't read other files; name a layout: beside it instead")

    def visit_ScopedEvalContextModifier(  # noqa: N802
        self, node: nodes.ScopedEvalContextModifier
    ) -> NoReturn:
        """Escaping is not the template's to choose."""
        self._refuse(node, "escaping can't be switched; take out the autoescape")

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        """Macros name what they take."""
        if node.name in {"varargs", "kwargs"}:
            self._refuse(node, f"{node.name} can't be used; name what the macro takes")
        return node

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """Every round of a loop takes a step."""
        if node.recursive:
            self._refuse(node, "a loop can't be recursive")
        self.generic_visit(node)
        node.iter = _through(COUNTED, node.iter)
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node:  # noqa: N802
        """Each way begins where the whole began."""
        node.test = self.visit(node.test)
        before = self._tail
        for way in (node.body, node.elif_, node.else_):
            self._tail = before
            way[:] = [self.visit(child) for child in way]
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802
        """``{{ ',' if not loop.last }}``: without an else it writes nothing."""
        self.generic_visit(node)
        node.expr2 = node.expr2 or nodes.Const("", lineno=node.lineno)
        return node

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        """A list pays for what is in it."""
        return _through(BUILT, self.generic_visit(node))

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        """A mapping pays for what is in it."""
        return _through(BUILT, self.generic_visit(node))

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        """A tuple pays for what is in it; one that takes values apart is no value."""
        self.generic_visit(node)
        return _through(BUILT, node) if node.ctx == "load" else node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """``~`` pays for its length."""
        self.generic_visit(node)
        return _through(JOINED, nodes.List(node.nodes, lineno=node.lineno))

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        """An expression that begins a link must be fit for one."""
        node.nodes = [self._written(child) for child in node.nodes]
        return node

    def _written(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.TemplateData):
            self._tail = (self._tail + node.data)[-_TAIL:]
            return node
        begins_link = self._html and _ADDRESS.search(self._tail) is not None
        written: Any = self.visit(node)
        self._tail += "…"
        return _through("url", written) if begins_link else written


def _through(name: str, node: Any) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
