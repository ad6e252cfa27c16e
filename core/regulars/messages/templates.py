"""Templates: compiled once, rendered many times, with failures that name file and line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Template
from jinja2.runtime import Context

from .environment import HardenedEnvironment, HtmlEnvironment, TextEnvironment
from .failures import RenderError, render_error, syntax_error
from .markdown import MarkdownEnvironment
from .sources import LARGEST, Kind
from .work import UTC, WORK, bounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Plugins


@dataclass(frozen=True)
class Compiled:
    """One template, ready to be rendered."""

    file: str
    template: Template

    def render(self, names: Mapping[str, Any]) -> str:
        """What the template writes with these ``names``.

        Raises:
            RenderError: it names what isn't there, or does more than a message needs.
        """
        template = self.template
        environment, known = template.environment, {**template.globals, **names}
        try:
            context = Context(environment, known, template.name, template.blocks)
            return bounded(template.root_render_func(context))
        except Exception as error:
            raise render_error(self.file, error) from error


class Environments:
    """The three environments of one playbook, with what its plugins add to them."""

    def __init__(self, plugins: Plugins) -> None:
        self._of: dict[Kind, HardenedEnvironment] = {
            "html": HtmlEnvironment(),
            "markdown": MarkdownEnvironment(),
            "text": TextEnvironment(),
        }
        for environment in self._of.values():
            environment.close(plugins.jinja)

    def of(self, kind: Kind) -> HardenedEnvironment:
        """The environment that templates of ``kind`` run in."""
        return self._of[kind]

    def compile(self, kind: Kind, text: str, file: str) -> Compiled:
        """``text`` ready to be rendered; ``file`` is what failures call it.

        Raises:
            RenderError: it can't be read as a template.
        """
        environment = self._of[kind]
        if len(text) > LARGEST:
            raise RenderError(file, 0, f"it is longer than {LARGEST:,} characters; make it shorter")
        WORK.begin(None, UTC, "en_US", "USD")
        try:
            code = environment.compile(text, file, file)
            template = Template.from_code(environment, code, dict(environment.globals))
        except Exception as error:
            known = {"filter": environment.filters, "test": environment.tests}
            raise syntax_error(file, error, known) from error
        return Compiled(file, template)
