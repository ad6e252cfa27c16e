"""Policy: whether a planned message may go, and on which channel."""

from .again import still_allowed
from .checks import decide

__all__ = ["decide", "still_allowed"]
