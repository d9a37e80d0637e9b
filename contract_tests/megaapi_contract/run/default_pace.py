"""How fast the requests of a run follow each other: what its options say, or what is usual."""

from __future__ import annotations

from ..host.target import Target
from ..safety.pace import Pace
from .options import RunOptions

REAL_PACE = 1.0


def pace_of(options: RunOptions, target: Target) -> Pace:
    """What the options say, else a second on a real host and none on a mock."""
    seconds = options.pace if options.pace is not None else REAL_PACE if target.real else 0.0
    return Pace(seconds=seconds, seed=options.seed)
