"""What a plugin needs to send e-mail: the MIME writer and the reading of addresses."""

from __future__ import annotations

from regulars.messages.addresses import address, split_mailbox
from regulars.messages.mime import mime

__all__ = ["address", "mime", "split_mailbox"]
