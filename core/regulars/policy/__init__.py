"""Policy: whether a planned message may go, and on which channel."""

from .again import still_allowed
from .checks import decide
from .routing import address, routes

__all__ = ["address", "decide", "routes", "still_allowed"]
