"""Decides what may be sent to a real host and at which pace, and restores what is changed."""
