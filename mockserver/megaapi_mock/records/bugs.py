"""Failures that are our own: logged, and kept for whoever asks, instead of reaching a caller."""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

KEPT = 100
Subject = TypeVar("Subject")


class Bugs(deque[str]):
    """The latest of them, oldest first."""

    def __init__(self) -> None:
        super().__init__(maxlen=KEPT)

    def add(self, what: str) -> None:
        """Keep one that raised nothing."""
        log.error("our own bug: %s", what)
        self.append(what)

    def note(self, what: str) -> None:
        """Keep the exception that is being handled; `what` says what could not be done."""
        log.exception("our own bug: %s", what)
        self.append(f"{what}: {sys.exception()!r:.500}")


def guarded(tell: Callable[[Subject], None], what: str) -> Callable[[Subject], None]:
    """The same, for a listener that must not fail who tells it: what it raises is logged."""

    def told(subject: Subject) -> None:
        try:
            tell(subject)
        except Exception:
            log.exception("%s", what)

    return told
