"""Loading: one plugin's code → the hooks it implements, or what is wrong with it.

Every plugin has a pluggy manager of its own, so that none can spoil another's registration.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from . import specs
from .attribution import Fault, Origin, did_you_mean, fenced
from .marks import PROJECT

if TYPE_CHECKING:
    from .discovery import Candidate

HOOKS = tuple(name for name in dir(specs) if name.startswith("regulars_"))


@dataclass(frozen=True)
class Implementation:
    """One plugin's own version of one hook."""

    origin: Origin
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]

    def __call__(self, **given: object) -> Any:
        """Call it with those of the hook's arguments that it takes; any failure is a Fault."""
        return fenced(self.function, *[given[name] for name in self.arguments])


Implementations = Mapping[str, tuple[Implementation, ...]]


def load(candidate: Candidate) -> tuple[Implementations, str | None]:
    """Run a plugin's code. Returns the hooks that it implements, and what is wrong with it.

    What it implements is told of a plugin with a fault too, where it is known: one that decides
    whether a message may be sent must not be taken for one that has nothing to say.
    """
    try:
        plugin = fenced(candidate.load)
        plugin = fenced(plugin) if isinstance(plugin, type) else plugin
        manager = _registered(plugin)
    except Fault as fault:
        return {}, str(fault)
    found = {hook: _implementations(manager, hook, candidate.origin) for hook in HOOKS}
    hooks = {hook: own for hook, own in found.items() if own}
    return hooks, next(_faults(plugin, manager, hooks), None)


def _registered(plugin: object) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    own = fenced(lambda: set(HOOKS).intersection(dir(plugin)))
    if own:  # reading the specifications of all hooks takes longer than loading a plugin
        manager.add_hookspecs(_specs_of(own))
    try:
        fenced(manager.register, plugin)
    except Fault as fault:
        if isinstance(fault.__cause__, pluggy.PluginValidationError):
            raise Fault(next(_unknown_arguments(plugin), str(fault))) from None
        raise
    return manager


def _specs_of(hooks: Collection[str]) -> ModuleType:
    some = ModuleType(specs.__name__)
    vars(some).update({hook: getattr(specs, hook) for hook in hooks})
    return some


def _unknown_arguments(plugin: object) -> Iterator[str]:
    """What pluggy refuses, in the words of who wrote the plugin."""
    for hook in HOOKS:
        taken = _arguments(inspect.getattr_static(plugin, hook, None))
        known = tuple(inspect.signature(getattr(specs, hook)).parameters)
        for name in (name for name in taken if name not in known):
            yield f"{hook} has no argument {name!r}; it has {', '.join(known) or 'none'}"


def _arguments(function: object) -> tuple[str, ...]:
    function = getattr(function, "__func__", function)
    if not inspect.isfunction(function):
        return ()
    return tuple(name for name in inspect.signature(function).parameters if name != "self")


def _implementations(
    manager: pluggy.PluginManager, hook: str, origin: Origin
) -> tuple[Implementation, ...]:
    caller = vars(manager.hook).get(hook)
    return tuple(
        Implementation(origin, hook, found.function, tuple(found.argnames))
        for found in (caller.get_hookimpls() if caller else ())
    )


def _faults(plugin: object, manager: pluggy.PluginManager, hooks: Implementations) -> Iterator[str]:
    for name, caller in sorted(vars(manager.hook).items()):
        for found in caller.get_hookimpls():
            if name not in HOOKS and not found.optionalhook:
                yield f"there is no hook {name!r}{did_you_mean(name, HOOKS)}"
            if found.wrapper or found.hookwrapper:
                yield f"{name} is a wrapper; a plugin may not wrap other plugins' hooks"
            if inspect.iscoroutinefunction(found.function):
                yield f"{name} is async; hooks are plain functions"
            if inspect.isgeneratorfunction(found.function) and name not in specs.OFFERS:
                yield f"{name} has a yield in it, so that it never runs; return instead"
    for name in HOOKS:
        if name not in hooks and callable(inspect.getattr_static(plugin, name, None)):
            yield f"{name} is not marked with @hookimpl"
    if not hooks:
        yield "it implements no hook; mark its functions with @hookimpl"
