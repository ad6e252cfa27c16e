"""Delivery: the ledger of messages, and the threads that hand them to channels."""

IN_FLIGHT = 50  # messages claimed at a time: so many can become unknown when the process dies
