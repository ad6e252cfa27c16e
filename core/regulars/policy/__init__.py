"""Policy: whether a planned message may go, and on which channel."""

from .again import LastLook
from .checks import decide
from .contents import content_of, edition
from .routing import address, experiment_routes, routes

__all__ = ["LastLook", "address", "content_of", "decide", "edition", "experiment_routes", "routes"]
