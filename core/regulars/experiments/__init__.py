"""Experiments: who gets which arm, and who was given one when."""

from .assignment import Assignment, held_out
from .exposures import arms_given, expose, expose_to

__all__ = ["Assignment", "arms_given", "expose", "expose_to", "held_out"]
