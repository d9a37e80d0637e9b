"""Judging a receiver from what was delivered to it and what it sent back: pure, over data."""
