"""Assembly: all plugins, each loaded by itself, none taking another's place."""

from __future__ import annotations

import logging
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from regulars.errors import PluginError

from .attribution import Origin, did_you_mean
from .discovery import Candidate, discover
from .loader import Implementations, load
from .offers import NAME, NOUNS, Offers, collect

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

logger = logging.getLogger("regulars.plugins")

DISABLE = "REGULARS_DISABLE"


@dataclass(frozen=True)
class Plugin:
    """One plugin after loading: what it implements and offers, and why not, if so.

    ``broken`` says what is wrong with it; ``off`` why it was not even imported.
    """

    origin: Origin
    first_party: bool = False
    loose: bool = False
    hooks: Implementations = field(default_factory=dict)
    offers: Offers = field(default_factory=dict)
    broken: str | None = None
    off: str | None = None

    @property
    def works(self) -> bool:
        """Whether what it offers may be used."""
        return self.broken is None and self.off is None


def disabled_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The plugins that ``REGULARS_DISABLE=name,other`` switches off."""
    names = (name.strip() for name in environ.get(DISABLE, "").split(","))
    return tuple(name for name in names if name)


def assemble(
    allow: Sequence[str] | None, files: Sequence[Path], disabled: Collection[str]
) -> list[Plugin]:
    """Every plugin in loading order, with the conflicts between them settled.

    Raises:
        PluginError: ``allow`` names a plugin that isn't installed, or a file is missing.
    """
    candidates = discover(files)
    _demand(allow or (), candidates)
    for name in sorted(set(disabled) - {c.origin.name for c in candidates}):
        logger.warning("there is no plugin %r to switch off", name)
    plugins: list[Plugin] = []
    for candidate in candidates:
        off = _off(candidate, allow, disabled)
        with redirect_stdout(sys.stderr):  # stdout is for results; a plugin's chatter is none
            plugin = _plugin(candidate, off)
        plugins.append(_settled(plugin, plugins))
    return plugins


def _demand(allow: Sequence[str], candidates: Sequence[Candidate]) -> None:
    names = {candidate.origin.name for candidate in candidates if not candidate.loose}
    for name in allow:
        if name not in names:
            raise PluginError(
                f"there is no plugin {name!r}{did_you_mean(name, names)}; "
                "install its distribution, or take it out of plugins"
            )


def _off(
    candidate: Candidate, allow: Sequence[str] | None, disabled: Collection[str]
) -> str | None:
    if candidate.origin.name in disabled:
        return f"switched off by {DISABLE}"
    if allow is None or candidate.first_party or candidate.loose:
        return None
    return None if candidate.origin.name in allow else "not among the playbook's plugins"


def _plugin(candidate: Candidate, off: str | None) -> Plugin:
    plain = Plugin(candidate.origin, candidate.first_party, candidate.loose, off=off)
    if off is not None:
        return plain
    if NAME.fullmatch(candidate.origin.name) is None:
        return replace(plain, broken="its name must be lower-case letters, digits, - and _")
    hooks, broken = load(candidate)
    if broken is not None:
        return replace(plain, hooks=hooks, broken=broken)
    offers, broken = collect(hooks)
    return replace(plain, hooks=hooks, offers=offers, broken=broken)


def _settled(plugin: Plugin, earlier: Sequence[Plugin]) -> Plugin:
    """``plugin``, broken if it takes what an earlier one has."""
    if not plugin.works:
        return plugin
    return replace(plugin, broken="; ".join(_conflicts(plugin, earlier)) or None)


def _conflicts(plugin: Plugin, earlier: Sequence[Plugin]) -> Iterator[str]:
    for other in (other for other in earlier if other.off is None):
        if other.origin.name == plugin.origin.name and not plugin.loose:  # a path tells those apart
            yield f"{other.origin} has the same name; switch one of the two off"
    for other in (other for other in earlier if other.works):
        for family, kinds in plugin.offers.items():
            for name in sorted(kinds.keys() & other.offers.get(family, {}).keys()):
                yield f"{other.origin} offers the {NOUNS[family]} {name!r} already"
