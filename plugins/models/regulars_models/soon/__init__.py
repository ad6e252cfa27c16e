"""Whether an event comes soon: what ``propensity`` and ``expert`` share.

- ``horizon``: what a playbook says of the event and how soon it is to come
- ``past``: what was known at past cut-offs, and whether the event came then
- ``encoding``: traits as a regression reads them
- ``foreseeing``: probabilities of everybody, and why one is as it is
"""
