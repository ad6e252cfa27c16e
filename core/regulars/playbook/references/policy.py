"""What the policy names: channels and topics, in caps that can count something."""

from __future__ import annotations

from collections.abc import Iterator

from regulars.errors import Problem
from regulars.playbook.policy import Policy

from .known import Known


def check_policy(known: Known) -> Iterator[Problem]:
    """Every cap."""
    policy = known.draft.single.get("policy", Policy())
    for place, cap in enumerate(policy.caps):
        path = ("policy", "caps", place)
        if cap.channel is not None:
            yield from known.in_section("channels", "channel", path, ("channel",), cap.channel)
        if cap.topic is None:
            continue
        yield from known.in_section("topics", "topic", path, ("topic",), cap.topic)
        topic = known.draft.parts["topics"].get(cap.topic)
        if topic and topic.basis == "transactional":
            reason = f"'{cap.topic}' is transactional, and such messages count for no cap"
            yield known.draft.document.problem(path, reason, at=("topic",))
