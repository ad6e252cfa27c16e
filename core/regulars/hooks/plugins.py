"""Plugins: everything that the installed plugins offer, decide and watch, behind one façade."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from . import calls
from .additions import add
from .assembly import Plugin, assemble
from .attribution import Fault, Origin
from .finding import Kinds
from .offers import NOUNS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import click
    import jinja2

    from .kinds import (
        AllocationKind,
        AnalysisKind,
        ChannelKind,
        ConditionKind,
        ConnectorKind,
        Kind,
        LayoutKind,
        ModelKind,
        Outgoing,
        Receipt,
        RunInfo,
        StarterKind,
        TraitKind,
        TriggerKind,
    )
    from .loader import Implementation

_DECIDERS = ("regulars_may_send", "regulars_enrich", "regulars_prepare")


@dataclass(frozen=True)
class PluginInfo(Origin):
    """One plugin, for people: ``offers`` by family, and the ``hooks`` that it implements.

    ``broken`` says why nothing of it can be used, ``off`` why it was not even imported.
    """

    offers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hooks: tuple[str, ...] = ()
    broken: str | None = None
    off: str | None = None


class Plugins:
    """The plugins of one playbook. Nothing here is shared with another playbook's.

    Safe to call from several threads at once, as far as the plugins are.
    """

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self._plugins = list(plugins)
        self._complaints = calls.Complaints()
        self._working: dict[str, list[Implementation]] = {}

    @classmethod
    def load(
        cls,
        *,
        allow: Sequence[str] | None = None,
        files: Sequence[Path] = (),
        disabled: Collection[str] = (),
    ) -> Plugins:
        """Import plugins and ask each what it offers; a broken one harms no other.

        Args:
            allow: the third-party plugins to import, by name; None means all that are installed.
            files: loose plugin files.
            disabled: plugins that are switched off, by name.

        Raises:
            PluginError: ``allow`` names a plugin that isn't installed, or a file is missing.
        """
        return cls(assemble(allow, files, disabled))

    # -------------------------------------------------------------- offers

    @property
    def connectors(self) -> Mapping[str, ConnectorKind]:
        """Where data comes from, by name."""
        return self._family("connectors")

    @property
    def channels(self) -> Mapping[str, ChannelKind]:
        """Ways to reach a customer, by name."""
        return self._family("channels")

    @property
    def conditions(self) -> Mapping[str, ConditionKind]:
        """Conditions on customers, by name."""
        return self._family("conditions")

    @property
    def traits(self) -> Mapping[str, TraitKind]:
        """Values computed for each customer, by name."""
        return self._family("traits")

    @property
    def triggers(self) -> Mapping[str, TriggerKind]:
        """What lets a customer into a journey, by name."""
        return self._family("triggers")

    @property
    def models(self) -> Mapping[str, ModelKind]:
        """Predictions, by name."""
        return self._family("models")

    @property
    def analyses(self) -> Mapping[str, AnalysisKind]:
        """Ways to read an experiment, by name."""
        return self._family("analyses")

    @property
    def allocations(self) -> Mapping[str, AllocationKind]:
        """Bandits, by name."""
        return self._family("allocations")

    @property
    def layouts(self) -> Mapping[str, LayoutKind]:
        """Layouts for e-mail, by name."""
        return self._family("layouts")

    @property
    def starters(self) -> Mapping[str, StarterKind]:
        """Playbooks to start from, by name."""
        return self._family("starters")

    def _family(self, family: str) -> Mapping[str, Any]:
        return MappingProxyType(Kinds(family, self._plugins))

    def find(self, family: str, name: str) -> Kind:
        """The kind called ``name`` in ``family`` (``channels``, ``connectors`` …).

        Raises:
            PluginError: nobody offers it, or the plugin that does is broken or not imported;
                the message says which, and what to do. ``plugins.channels[name]`` raises the same.
        """
        kind: Kind = self._family(family)[name]
        return kind

    def offered_by(self, family: str, name: str) -> str:
        """The plugin behind ``name``, as ``twilio (regulars-twilio 1.2)``; ``name`` if none is."""
        offering = (p for p in self._plugins if p.works and name in p.offers.get(family, ()))
        return next((str(plugin.origin) for plugin in offering), name)

    def blame(self, family: str, name: str) -> str:
        """Who failed if ``name`` does, as ``channel 'sms' of twilio (regulars-twilio 1.2)``."""
        return f"{NOUNS[family]} {name!r} of {self.offered_by(family, name)}"

    @property
    def infos(self) -> tuple[PluginInfo, ...]:
        """Every plugin that was found, in loading order."""
        return tuple(_info(plugin) for plugin in self._plugins)

    # -------------------------------------------------------------- set up

    def commands(self, cli: click.Group, *, taken: Collection[str] = ()) -> None:
        """Add plugins' commands to ``cli``; of one that fails they are missing, with a warning.

        ``taken`` are names that no plugin may use, beside those that ``cli`` has already.
        """
        for implementation in self._implementations("regulars_commands"):
            try:
                add(implementation, {"command": cli.commands}, taken, cli=cli)
            except Fault as fault:
                self._complaints.make(implementation, fault)

    def jinja(self, environment: jinja2.Environment) -> None:
        """Add plugins' filters, tests and globals; one that fails is broken from here on."""
        registries = {
            "filter": environment.filters,
            "test": environment.tests,
            "global": environment.globals,
        }
        for implementation in self._implementations("regulars_jinja"):
            try:
                add(implementation, registries, (), environment=environment)
            except Fault as fault:
                self._complaints.make(implementation, fault)
                self._break(implementation, f"regulars_jinja: {fault}")

    def _break(self, implementation: Implementation, reason: str) -> None:
        self._plugins = [
            replace(plugin, broken=reason) if plugin.origin == implementation.origin else plugin
            for plugin in self._plugins
        ]
        self._working = {}

    def _implementations(self, hook: str) -> list[Implementation]:
        """Those of working plugins; looked up once, because some are called for every message."""
        if hook not in self._working:
            own = [own for p in self._plugins if p.works for own in p.hooks.get(hook, ())]
            self._working[hook] = own
        return self._working[hook]

    # -------------------------------------------------------------- decide

    @property
    def has_deciders(self) -> bool:
        """Whether any plugin has a say in what is sent; if not, the three calls can be spared."""
        return any(hook in plugin.hooks for plugin in self._plugins for hook in _DECIDERS)

    def may_send(self, message: Outgoing, customer: Mapping[str, Any], run: RunInfo) -> str | None:
        """A reason to refuse with the plugin's name, or None. A failing plugin refuses.

        So does a broken one that has a say here, because nobody can ask it.
        """
        for plugin in self._plugins:
            if plugin.broken and "regulars_may_send" in plugin.hooks:
                return f"{plugin.origin}: broken, so nobody looked at this message"
        deciders = self._implementations("regulars_may_send")
        return calls.may_send(deciders, self._complaints, message, customer, run)

    def enrich(self, customer: Mapping[str, Any], run: RunInfo) -> dict[str, Any]:
        """What plugins know about ``customer`` beside what is known; a failing one's is absent."""
        deciders = self._implementations("regulars_enrich")
        return calls.enrich(deciders, self._complaints, customer, run)

    def prepare(self, message: Outgoing, run: RunInfo) -> Outgoing:
        """The message as plugins want it sent.

        Raises:
            PluginError: one of them failed, so the message must not be sent.
        """
        return calls.prepare(self._implementations("regulars_prepare"), message, run)

    # -------------------------------------------------------------- watch

    def run_started(self, run: RunInfo) -> None:
        """Tell plugins that a run begins."""
        self._watch("regulars_run_started", run=run)

    def sent(self, message: Outgoing, receipt: Receipt, run: RunInfo) -> None:
        """Tell plugins that a provider accepted ``message``."""
        self._watch("regulars_sent", message=message, receipt=receipt, run=run)

    def refused(self, message: Outgoing, reason: str, run: RunInfo) -> None:
        """Tell plugins that ``message`` was not sent, and why."""
        self._watch("regulars_refused", message=message, reason=reason, run=run)

    def run_finished(self, run: RunInfo, summary: Mapping[str, Any]) -> None:
        """Tell plugins that a run ended, with what it did."""
        self._watch("regulars_run_finished", run=run, summary=summary)

    def _watch(self, hook: str, **told: object) -> None:
        calls.watch(self._implementations(hook), self._complaints, **told)


def _info(plugin: Plugin) -> PluginInfo:
    offers = plugin.offers if plugin.works else {}
    return PluginInfo(
        plugin.origin.name,
        plugin.origin.distribution,
        plugin.origin.version,
        {family: tuple(sorted(kinds)) for family, kinds in offers.items() if kinds},
        tuple(sorted(plugin.hooks)),
        plugin.broken,
        plugin.off,
    )
