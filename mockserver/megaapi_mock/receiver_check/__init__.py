"""Judges a receiver by what was delivered to it and what it sent back. Pure functions."""
