"""Finding: what a name stands for, or why nobody offers it and what to do about that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.errors import PluginError

from .attribution import did_you_mean
from .offers import NOUNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from .assembly import Plugin


class Kinds(dict[str, Any]):
    """What working plugins offer of one family, by name; PluginError for what nobody offers."""

    def __init__(self, family: str, plugins: Sequence[Plugin]) -> None:
        working = (plugin for plugin in plugins if plugin.works)
        offered = {name: kind for p in working for name, kind in p.offers.get(family, {}).items()}
        super().__init__(sorted(offered.items()))
        self._family = family
        self._plugins = plugins

    def __missing__(self, name: str) -> Any:
        raise missing(self._family, name, self, self._plugins)


def missing(
    family: str, name: str, known: Collection[str], plugins: Sequence[Plugin]
) -> PluginError:
    """The error for a playbook that uses ``name``: its broken plugin's, or an unknown name."""
    noun = NOUNS[family]
    for plugin in plugins:
        if plugin.broken and name in (*plugin.offers.get(family, ()), plugin.origin.name):
            return PluginError(
                f"the {noun} {name!r} can't be used, because {plugin.origin} is broken: "
                f"{plugin.broken}"
            )
        if plugin.off and name == plugin.origin.name:
            return PluginError(
                f"the {noun} {name!r} can't be used, because {plugin.origin} is {plugin.off}"
            )
    hints = "".join(_hints(name, known, plugins))
    return PluginError(f"there is no {noun} {name!r}{hints}")


def _hints(name: str, known: Collection[str], plugins: Sequence[Plugin]) -> Iterator[str]:
    yield did_you_mean(name, known)
    yield f"; there are {', '.join(sorted(known))}" if known else "; no plugin offers any"
    for plugin in plugins:
        # nobody knows what these would offer: it may be this one
        if plugin.broken and not plugin.offers:
            yield f"; {plugin.origin} is broken: {plugin.broken}"
        if plugin.off:
            yield f"; {plugin.origin} is {plugin.off}"
