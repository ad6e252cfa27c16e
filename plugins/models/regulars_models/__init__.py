"""Predictive models and analyses that come with regulars: a folder each.

What several of them share:

- ``late``: what calculates is loaded when it is called
- ``soon``: whether an event comes soon; ``boosted``: trees
- ``amounts``: what an event is worth, as playbooks name it
- ``logistic``: regressions; ``explaining``: what moved a score; ``days``: calendars and clocks
"""
