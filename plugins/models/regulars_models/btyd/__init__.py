"""Buy till you die: who will come back, how often, when next, and what that is worth.

Arrays in, arrays out; the unit of time is a week. ``summary`` makes of events what the models
need, each model is a module of its own, ``clv`` puts spend and events together.
"""
