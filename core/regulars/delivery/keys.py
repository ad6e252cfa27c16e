"""The delivery key: one text for each message that a playbook may ever send."""

from __future__ import annotations

from hashlib import blake2b


def delivery_key(*parts: str) -> str:
    """32 hexadecimal digits, the same for every attempt, different for different ``parts``.

    The parts are the playbook, the journey, the step, the customer's own id, the entry's key and
    its instant. No row number is among them: a store that is begun anew gives the same message
    the same key, and another message another one.
    """
    digest = blake2b(digest_size=16, person=b"delivery")
    for part in parts:
        octets = part.encode(errors="surrogatepass")
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()
