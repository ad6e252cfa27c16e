"""Feedback: what providers and readers say of messages that were sent."""

from .loading import Feedback, load_feedback

__all__ = ["Feedback", "load_feedback"]
