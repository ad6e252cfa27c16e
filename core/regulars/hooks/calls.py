"""Calls: the decide and watch hooks, one implementation at a time, each failure with its meaning.

regulars_may_send    a failing plugin refuses: nothing goes out that nobody looked at
regulars_enrich      its share is absent
regulars_prepare     the message is not sent
the watch hooks      logged; the run goes on
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from regulars.errors import PluginError

from .assembly import logger
from .attribution import Fault
from .kinds import Outgoing, RunInfo

if TYPE_CHECKING:
    from .loader import Implementation

_FIXED = ("key", "address", "customer", "message", "medium", "at")


class Complaints:
    """Logs a plugin's failure: the first of a kind as a warning, the same again for debugging."""

    def __init__(self) -> None:
        self._made: set[tuple[str, str]] = set()

    def make(self, implementation: Implementation, fault: Fault) -> None:
        """Log what ``implementation`` did wrong in one line; the traceback is for debugging."""
        known = (str(implementation.origin), implementation.hook)
        level = logging.DEBUG if known in self._made else logging.WARNING
        self._made.add(known)
        error = fault.__cause__ if logger.isEnabledFor(logging.DEBUG) else None
        logger.log(
            level, "%s: %s: %s", implementation.origin, implementation.hook, fault, exc_info=error
        )


def may_send(
    deciders: Iterable[Implementation],
    complaints: Complaints,
    message: Outgoing,
    customer: Mapping[str, Any],
    run: RunInfo,
) -> str | None:
    """The first plugin's reason to refuse, with its name; None when nobody has one."""
    seen = MappingProxyType(dict(customer))
    for decider in deciders:
        try:
            answer = _reason(decider(message=message, customer=seen, run=run))
        except Fault as fault:
            complaints.make(decider, fault)
            return f"{decider.origin}: failed, so nobody looked at this message"
        if answer is not None:
            return f"{decider.origin}: {answer}"
    return None


def _reason(answer: object) -> str | None:
    if answer is None or (isinstance(answer, str) and answer.strip()):
        return answer
    raise Fault(f"it gave {answer!r}; return a reason to refuse, or None")


def enrich(
    deciders: Iterable[Implementation],
    complaints: Complaints,
    customer: Mapping[str, Any],
    run: RunInfo,
) -> dict[str, Any]:
    """What plugins tell about ``customer``; none may replace what is known already."""
    told: dict[str, Any] = {}
    for decider in deciders:
        try:
            known = MappingProxyType({**told, **customer})
            told |= _share(decider(customer=known, run=run), known)
        except Fault as fault:
            complaints.make(decider, fault)
    return told


def _share(answer: object, known: Mapping[str, Any]) -> dict[str, Any]:
    if answer is None:
        return {}
    if not isinstance(answer, Mapping):
        raise Fault(f"it gave {answer!r}; return a mapping, or None")
    for name in answer:
        if not isinstance(name, str) or not name.isidentifier():
            raise Fault(f"it tells {name!r}, which no template could name")
        if name in known:
            raise Fault(f"it tells {name!r}, which is known already; choose another name")
    return dict(answer)


def prepare(deciders: Iterable[Implementation], message: Outgoing, run: RunInfo) -> Outgoing:
    """``message`` after every plugin changed it, in loading order.

    Raises:
        PluginError: a plugin failed, so the message must not be sent.
    """
    for decider in deciders:
        try:
            message = _prepared(decider(message=message, run=run), message)
        except Fault as fault:
            raise PluginError(f"{decider.origin}: regulars_prepare: {fault}") from fault.__cause__
    return message


def _prepared(answer: object, before: Outgoing) -> Outgoing:
    if answer is None:
        return before
    if not isinstance(answer, Outgoing):
        raise Fault(f"it gave {answer!r}; return an Outgoing, or None to change nothing")
    for name in _FIXED:
        if getattr(answer, name) != getattr(before, name):
            raise Fault(f"it changed the message's {name}; only what it says may change")
    return answer


def watch(watchers: Iterable[Implementation], complaints: Complaints, **told: object) -> None:
    """Tell every plugin; a failure is logged."""
    for watcher in watchers:
        try:
            watcher(**told)
        except Fault as fault:
            complaints.make(watcher, fault)
