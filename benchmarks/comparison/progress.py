"""What is going on: one line on standard error, which the next one overwrites in a terminal."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Show it."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)
