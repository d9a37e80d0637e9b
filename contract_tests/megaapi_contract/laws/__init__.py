"""Rules of behaviour, each a probe."""

from __future__ import annotations

from ..probe import Probe


def all_laws() -> list[Probe]:
    """Every law of every module."""
    return []
