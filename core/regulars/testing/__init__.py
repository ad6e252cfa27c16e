"""The kit of conformance: a plugin's author subclasses a class of it, and pytest does the rest.

``worlds`` makes up customers to try things on; ``models`` holds predictions to their word.
"""

from .models import ModelConformance
from .worlds import World, made_up

__all__ = ["ModelConformance", "World", "made_up"]
