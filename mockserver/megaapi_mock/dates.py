"""Unix seconds as dates; no calendar goes beyond the year 9999."""

from __future__ import annotations

from datetime import UTC, datetime

# The last second of the year 9999.
LATEST = 253_402_300_799


def utc(unix: float) -> datetime:
    """The date; the last there is for what a running clock makes of a time near it."""
    return datetime.fromtimestamp(min(unix, LATEST), UTC)
