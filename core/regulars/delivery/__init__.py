"""Delivery: the ledger of messages, and the threads that hand them to channels."""

from .deliver import Delivered, deliver, recover

__all__ = ["Delivered", "deliver", "recover"]
