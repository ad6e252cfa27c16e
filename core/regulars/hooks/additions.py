"""Additions: what a set-up hook put into a registry; one that fails leaves it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .attribution import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, MutableMapping

    from .loader import Implementation


def add(
    implementation: Implementation,
    registries: Mapping[str, MutableMapping[str, Any]],
    taken: Collection[str],
    **given: object,
) -> None:
    """Call a set-up hook that may add names to ``registries`` and replace none, nor any ``taken``.

    Raises:
        Fault: it failed or replaced a name; the registries are as they were.
    """
    before = {what: dict(registry) for what, registry in registries.items()}
    try:
        implementation(**given)
        _nothing_replaced(before, registries, taken)
    except BaseException:
        for what, registry in registries.items():
            registry.clear()
            registry.update(before[what])
        raise


def _nothing_replaced(
    before: Mapping[str, Mapping[str, Any]],
    registries: Mapping[str, MutableMapping[str, Any]],
    taken: Collection[str],
) -> None:
    for what, registry in registries.items():
        lost = {n for n, value in before[what].items() if registry.get(n) is not value}
        new = registry.keys() - before[what].keys()
        for name in sorted(lost | (new & set(taken))):
            raise Fault(f"it replaced the {what} {name!r}; choose another name")
