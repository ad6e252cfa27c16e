"""The delivery key: one text for each message that a playbook may ever send."""

from __future__ import annotations

from hashlib import blake2b


def delivery_key(*parts: str) -> str:
    """32 hexadecimal digits, the same for every attempt, different for different ``parts``.

    The parts are the playbook, the journey, the step, the customer's own id, the entry's key and
    its instant. No row number is among them: a store that is begun anew gives the same message
    the same key, and another message another one.
    """
    octets = [part.encode(errors="surrogatepass") for part in parts]
    prefixed = b"".join([len(part).to_bytes(8, "big") + part for part in octets])
    return blake2b(prefixed, digest_size=16, person=b"delivery").hexdigest()
