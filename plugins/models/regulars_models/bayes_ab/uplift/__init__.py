"""Uplift: to whom an arm makes a difference, from traits as they were at exposure.

The score is a difference in the goal's own unit.

- ``cohort``: the units to learn from, in folds
- ``learning``: two models of what happens, with the arm and without it, of boosted trees
- ``ordering`` → ``qini``: whether their scores tell who gains, on units that they have not seen
- ``model``: the model kind ``uplift``, whose score segments can read
"""
