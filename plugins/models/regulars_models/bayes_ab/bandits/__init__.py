"""Bandits: arms are given out by what they have brought so far.

- ``allocations``: what a playbook says after ``allocation: {use: thompson}``
- ``bandit``: how likely each arm is to be the best, and what each is given for that; ``delays``:
  how much of what a unit will bring is to be expected of it by now
- ``adaptive``: how data that a bandit gave out are read fairly
"""
