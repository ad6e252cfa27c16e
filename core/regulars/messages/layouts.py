"""Layouts: the frame around a body, with its footer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .failures import RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regulars.hooks import Plugins

    from .templates import Compiled, Environments


@dataclass(frozen=True)
class Layout:
    """One layout, ready to be put around bodies."""

    html: Compiled
    text: Compiled | None

    def wrap(self, html: str, text: str, names: Mapping[str, Any]) -> tuple[str, str]:
        """Both forms of a message, whole; a body without HTML stays without."""
        locale = names["customer"].get("locale") or names["playbook"]["locale"]
        known = {**names, "lang": str(locale).replace("_", "-"), "body": html}
        whole = self.html.render(known) if html else ""
        known["body"] = text
        return whole, self.text.render(known) if self.text else text


def open_layout(name: str, plugins: Plugins, environments: Environments) -> Layout:
    """The layout called ``name``: its ``<name>.html.j2`` and, if it has one, ``<name>.txt.j2``.

    Raises:
        PluginError: nobody offers it.
        RenderError: its file is missing or is no template.
    """
    kind = plugins.layouts[name]
    html, text = kind.folder / f"{name}.html.j2", kind.folder / f"{name}.txt.j2"
    if not html.is_file():
        raise RenderError(html.name, 0, f"the layout {name!r} has no such file; tell its author")
    return Layout(
        environments.compile("html", html.read_text(encoding="utf-8"), html.name),
        environments.compile("text", text.read_text(encoding="utf-8"), text.name)
        if text.is_file()
        else None,
    )
