"""Limits of processor time, on machines of any speed."""

from __future__ import annotations

import json
from time import thread_time

# Seconds of a processor that the work below takes on the machine that limits are written for.
USUAL = 0.002
_VALUES = [{"id": number, "text": f"message {number}", "read": False} for number in range(2_000)]


def slowness() -> float:
    """How many times as long as usual the same work takes here and now; 1 at least."""
    return max(1.0, min(_seconds() for _ in range(3)) / USUAL)


def _seconds() -> float:
    begun = thread_time()
    values = json.loads(json.dumps(_VALUES))
    texts = {value["id"]: value["text"].upper() for value in values}
    sum(len(text) for text in sorted(texts.values()))
    return thread_time() - begun
