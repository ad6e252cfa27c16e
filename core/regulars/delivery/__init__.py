"""Delivery: the ledger of messages, and the threads that hand them to channels."""

from .deliver import Delivered, Sample, deliver, recover

__all__ = ["Delivered", "Sample", "deliver", "recover"]
