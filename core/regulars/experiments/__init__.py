"""Experiments: who gets which arm, and who was given one when."""

from .assignment import arm_of
from .exposures import expose

__all__ = ["arm_of", "expose"]
