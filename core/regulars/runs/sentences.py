"""Every reason for which a message ends as it does, in a plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "planned": {
        "": "waits for the next run",
    },
    "claimed": {
        "": "is being sent by a run",
    },
    "held": {
        "quiet_hours": "it is night where they live",
        "cap": "they had as many messages as the caps allow",
        "approval": "a person must agree, see regulars approvals",
    },
    "skipped": {
        "late": "overdue by more than its max_lateness",
        "exited": "they left the journey, or its step is gone from the playbook",
        "consent": "they didn't agree to the topic",
        "suppressed": "their address bounced, complained or said stop",
        "unreachable": "no address on any of its channels",
        "duplicate": "one address gets it once, whoever has it",
        "approval": "a person said no to it",
        "quiet_hours": "it is night where they live",
        "cap": "they had as many messages as the caps allow",
        "holdout": "they are held out: never written to, always measured",
        "control": "they are in an experiment's control",
        "render_error": "its template failed for this customer",
        "refused": "a plugin said no",
    },
    "failed": {
        "temporary": "it could not be sent for now; the runs of the next two days try again",
        "permanent": "the provider refused it for good",
        "address": "the address doesn't exist any more",
        "plugin": "the plugin that prepares it failed",
        "resolved": "a person said that it was not sent",
    },
    "unknown": {
        "": "nobody knows whether it went; ask the provider, then: regulars deliveries resolve",
    },
}


def sentence(state: str, reason: str | None) -> str:
    """Why a message is in ``state`` for ``reason``; empty where there is nothing to say."""
    known = SENTENCES.get(state, {})
    return known.get(reason or "", known.get("", ""))
