"""A first plugin: postcards as a channel, and the length of a name as a condition."""

from .name_length import regulars_conditions
from .postcard import regulars_channels

__all__ = ["regulars_channels", "regulars_conditions"]
