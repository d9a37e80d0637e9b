"""Misbehaviour of webhook delivery on purpose: duplicate, reorder, delay, drop, burst."""
