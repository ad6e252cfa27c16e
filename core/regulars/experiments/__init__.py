"""Experiments: who gets which arm, who was given one when, and what it brought.

Giving arms: ``ranges`` are the shares that arms take, ``probabilities`` how much each takes now,
``allocating`` asks a bandit for that; ``assignment`` is each customer's arm as SQL.

What is kept: ``exposures`` records who was given which arm, ``facts`` what was true of them then;
``doubts`` tells what edits have left behind.

Reading: ``members`` are the customers of each unit, ``goals`` what they did, ``trial`` both as
arrays (``arrays``) for an analysis, which ``analysing`` asks. ``brought`` adds up each arm without
one. ``ghosts`` are those who were not written to, compared as an experiment: the holdout.
"""

from .assignment import Assignment, held_out
from .exposures import arms_given, expose, expose_to

__all__ = ["Assignment", "arms_given", "expose", "expose_to", "held_out"]
