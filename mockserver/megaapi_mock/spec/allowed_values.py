"""What the contract's own keys may say: one table for the linter, the mock and the suite.

Those of x-category are in `categories.py`, for the domain too.
"""

from __future__ import annotations

# x-effect: what an operation does to the world, the mildest first.
SCOPES = ("instance", "host")
EFFECTS = ("reads", "sends", "changes", "disconnects")
# `grade` of x-provenance: how a fact is known, the surest first.
GRADES = ("vendor-doc", "observed", "baileys", "inferred")
# x-default and x-arrival: whether a webhook is sent unasked, and how sure it is that it is sent.
DEFAULTS = ("on", "on-demand", "off")
ARRIVALS = ("high", "medium", "low")
# x-generation: years of payloads, the newest first.
GENERATIONS = ("2026", "2025", "2024", "2023")
